"""This machine's clock against what was written by it or by another: nothing is ordered by it, but people read it."""

from __future__ import annotations

import datetime as dt

# Two machines that load into one store differ a little.
_TOLERANCE = dt.timedelta(minutes=1)


def clock_warning(now: dt.datetime, newest: dt.datetime | None) -> str | None:
    """One sentence when the ledger's newest entry lies in the future; both moments in UTC, without a time zone."""
    if newest is None or newest <= now + _TOLERANCE:
        return None
    return (
        f"This machine's clock ({now:%Y-%m-%d %H:%M} UTC) is behind the newest entry of the ledger "
        f"({newest:%Y-%m-%d %H:%M} UTC); set it right: the figures do not depend on it, the times that people read do."
    )
