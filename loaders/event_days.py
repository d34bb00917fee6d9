"""The dates of an export's events: what is a day, in DuckDB's SQL and in Python, and how one that is none is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

# A day that no app has had (a flipped bit, a clock gone mad) would draw the calendar out over centuries.
_FORM = "20[0-9]{6}"
_SHOWN = 60

# Per schema: the list of the days of a row's events; NULL for an event without one, and for a bundle without events.
DAYS = {
    "ga4": "[event_date::VARCHAR]",
    "firebase": "coalesce(list_transform(event_dim, lambda e: e.date::VARCHAR), [NULL])",
}
_FIELD = {"ga4": "event_date", "firebase": "event_dim.date"}


def is_day(text: str) -> str:
    """SQL that is true where `text` is a day of this century in the form YYYYMMDD, else false or NULL."""
    return f"(regexp_full_match({text}, '{_FORM}') AND try_strptime({text}, '%Y%m%d') IS NOT NULL)"


def describe_undated(row: Mapping[str, Any], schema: str) -> str | None:
    """What is wrong with the first of the row's days that is none, if there is one."""
    return next((say_undated(day, schema) for day in _days(row, schema) if not _is_day(day)), None)


def say_undated(day: object, schema: str) -> str:
    """That this is no day, and of which field."""
    text = repr(day)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return f"{_FIELD[schema]} {text} is no day of the form YYYYMMDD; correct the file."


def _days(row: Mapping[str, Any], schema: str) -> list[Any]:
    if schema == "ga4":
        return [row.get("event_date")]
    events = row.get("event_dim")
    if events is None:
        return [None]
    return [event.get("date") if isinstance(event, dict) else None for event in events]


def _is_day(day: object) -> bool:
    text = str(day)
    try:
        return bool(re.fullmatch(_FORM, text)) and bool(dt.datetime.strptime(text, "%Y%m%d"))
    except ValueError:
        return False
