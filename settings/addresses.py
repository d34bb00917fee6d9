"""What hosts mean, for whoever starts servers or connects to them."""

from __future__ import annotations

# A connection to one of these never leaves the machine.
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def reachable(host: str) -> str:
    """Where a server that listens at `host` is reached from its own machine, as it stands in an address."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
