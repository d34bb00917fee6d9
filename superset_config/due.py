"""When a schedule is due. Pure decisions."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

# Who was off for longer than this gets nothing of what was missed.
LATEST = dt.timedelta(hours=12)
# Before the first look, and when Redis has lost when the last one was.
_FIRST_LOOK = dt.timedelta(minutes=1)
_NAMESPACE = uuid.UUID("6f9c1d0e-52e3-4c1f-9f0b-9c3b6b9f6a0e")


def looked_until(stored: float | None, now: dt.datetime) -> dt.datetime:
    """Up to when everything that was due has been ordered; `stored` is in seconds since 1970."""
    if stored is None:
        return now - _FIRST_LOOK
    return max(dt.datetime.fromtimestamp(stored, dt.UTC), now - LATEST)


def due_at(crontab: str, timezone: str, since: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The last moment after `since` and not after `now` at which a schedule was due, in UTC.

    Of several that were missed only the last counts: nobody wants to be sent yesterday's hours one by one.
    Raises ValueError for a crontab that never comes and KeyError for a time zone that there is not.
    """
    from croniter import croniter  # noqa: PLC0415 - a part of Superset's environment

    # It gives what comes before a moment, not at it.
    clock = (now + dt.timedelta(seconds=1)).astimezone(ZoneInfo(timezone))
    last: dt.datetime = croniter(crontab, clock).get_prev(dt.datetime)
    last = last.astimezone(dt.UTC)
    return last if since < last <= now else None


def order_number(schedule: int, due: dt.datetime) -> str:
    """The same for the same schedule and moment, so that an order that is given twice is carried out once."""
    return str(uuid.uuid5(_NAMESPACE, f"{schedule} {due.isoformat()}"))
