"""The Superset server: its command line and its health."""

from __future__ import annotations

from pathlib import Path

import httpx

from settings.environment import PROJECT, Environment
from stack.errors import NotInstalledError

_PYTHON = PROJECT / ".venv-superset" / "bin" / "python"


def server_command() -> list[str]:
    """The command that brings the metadata up to date and then serves."""
    return [str(_PYTHON), "-m", "superset_config.boot"]


def require_installed(python: Path = _PYTHON) -> None:
    """Raise NotInstalledError unless Superset's environment is there."""
    if not python.exists():
        raise NotInstalledError(f"Superset is not installed in {python.parent.parent}: run make install.")


def superset_is_healthy(environment: Environment) -> bool:
    """Whether Superset serves requests."""
    host = environment.superset_host
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    try:
        answer = httpx.get(f"http://{reachable}:{environment.superset_port}/health", timeout=5, trust_env=False)
    except (httpx.HTTPError, OSError):
        return False
    return answer.status_code == httpx.codes.OK
