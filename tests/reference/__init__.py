"""Every figure counted a second time: slowly, in dicts, sets and loops, from what docs/metrics.md says.

It reads the rows of exports as they stand in their files (`{"event_date": "20240131", …}`) and shares no code, no SQL
and no library with the product. Where it and the product disagree, one of the two misreads the definitions.
"""

from collections.abc import Callable
from typing import Any

from tests.reference.activity import (
    active_users,
    active_users_by_country,
    daily_report,
    daily_report_by_country,
    daily_report_by_platform,
    growth,
    growth_by_platform,
    retention,
)
from tests.reference.definitions import Definitions
from tests.reference.exports import Dimensions, Event, Exports, Row, event_day, events_of
from tests.reference.log import Key, Log, Table, calendar
from tests.reference.staging import events_flat, user_days, users
from tests.reference.usage import (
    event_params,
    events,
    events_by_place,
    events_by_version,
    param_places,
    param_values,
    places,
    versions,
)

__all__ = [
    "KEYS",
    "TABLES",
    "Definitions",
    "Dimensions",
    "Event",
    "Exports",
    "Key",
    "Log",
    "Row",
    "Table",
    "calendar",
    "event_day",
    "events_flat",
    "events_of",
    "rows_of",
]

# What each table holds, and under which key.
PLACE = ("country", "platform")
KEYS = {
    "user_days": ("date", "user_key"),
    "users": ("user_key",),
    "active_users": ("date", *PLACE),
    "daily_report": ("date", *PLACE),
    "active_users_by_country": ("date", "country"),
    "daily_report_by_country": ("date", "country"),
    "daily_report_by_platform": ("date", "platform"),
    "growth": ("date", *PLACE),
    "growth_by_platform": ("date", "platform"),
    "events": ("date", "event_name", *PLACE, "app_version"),
    "events_by_place": ("date", "event_name", *PLACE),
    "events_by_version": ("date", "event_name", "platform", "app_version"),
    "param_places": ("date", "event_name", "param_key", *PLACE),
    "param_values": ("date", "event_name", "param_key", "param_value", "platform"),
    "places": ("date", *PLACE),
    "versions": ("date", "app_version"),
    "event_params": ("date", "event_name", "param_key", "param_value", *PLACE),
    "retention": ("cohort_date", "day_n", *PLACE),
}
TABLES: dict[str, Callable[[Log], Table]] = {
    "user_days": user_days,
    "users": users,
    "active_users": active_users,
    "daily_report": daily_report,
    "active_users_by_country": active_users_by_country,
    "daily_report_by_country": daily_report_by_country,
    "daily_report_by_platform": daily_report_by_platform,
    "growth": growth,
    "growth_by_platform": growth_by_platform,
    "events": events,
    "events_by_place": events_by_place,
    "events_by_version": events_by_version,
    "param_places": param_places,
    "param_values": param_values,
    "places": places,
    "versions": versions,
    "event_params": event_params,
    "retention": retention,
}


def rows_of(name: str, table: Table) -> list[dict[str, Any]]:
    """The table as rows that name their key's columns."""
    return [dict(zip(KEYS[name], key, strict=True)) | values for key, values in table.items()]
