"""Every figure counted a second time: slowly, in dicts, sets and loops, from what docs/metrics.md says.

It reads the rows of exports as they stand in their files (`{"event_date": "20240131", …}`) and shares no code, no SQL
and no library with the product. Where it and the product disagree, one of the two misreads the definitions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

UNKNOWN = "(unknown)"

Row = Mapping[str, Any]
# What each source has delivered, by the source's name.
Exports = Mapping[str, Iterable[Row]]
Key = tuple[Any, ...]
Table = dict[Key, dict[str, Any]]


@dataclass(frozen=True)
class Definitions:
    """What a company may choose in metrics.yaml; these are the values that it comes with."""

    background_events: frozenset[str] = frozenset(
        {
            "app_remove",
            "app_clear_data",
            "app_exception",
            "error",
            "os_update",
            "notification_receive",
            "notification_dismiss",
            "firebase_campaign",
        }
    )
    mau_days: int = 28
    take_events: frozenset[str] = frozenset({"take_photo"})


class Dimensions(NamedTuple):
    """Where a user or an event is counted."""

    country: str
    platform: str

    def in_bytes(self) -> tuple[bytes, bytes]:
        """Order by bytes, which is what "the larger (country, platform)" means."""
        return self.country.encode(), self.platform.encode()


class Event(NamedTuple):
    """One row of the export, its dimensions normalised. `user` is None where the event has no key."""

    source: str
    day: date
    timestamp: int | None
    name: str
    user: str | None
    dimensions: Dimensions
    app_version: str


def event(source: str, row: Row) -> Event:
    """Read a row of a GA4 export; a field that it lacks is NULL."""
    return Event(
        source=source,
        day=event_day(row["event_date"]),
        timestamp=row.get("event_timestamp"),
        name=UNKNOWN if row.get("event_name") is None else row["event_name"],
        user=row.get("user_pseudo_id") or None,
        dimensions=Dimensions(
            country=known((row.get("geo") or {}).get("country")),
            platform=known((row.get("platform") or "").upper()),
        ),
        app_version=known((row.get("app_info") or {}).get("version")),
    )


def event_day(text: str) -> date:
    """The export's own day, never one that is derived from a timestamp."""
    return datetime.strptime(text, "%Y%m%d").date()


def known(value: str | None) -> str:
    """Trim on the right; what is NULL or then empty is `(unknown)`."""
    return (value or "").rstrip(" ") or UNKNOWN


class Log:
    """All exports, with the days on which each user was active. Rows are never deduplicated."""

    def __init__(self, exports: Exports, definitions: Definitions | None = None) -> None:
        self.definitions = definitions or Definitions()
        self.events = [event(source, row) for source, rows in exports.items() for row in rows]
        self.days = self._loaded_days()
        self.active_days = self._active_days()

    def _loaded_days(self) -> list[date]:
        """Each source's range runs from its first to its last day; what is missing inside counts as empty."""
        by_source: dict[str, set[date]] = {}
        for e in self.events:
            by_source.setdefault(e.source, set()).add(e.day)
        return sorted({day for days in by_source.values() for day in calendar(min(days), max(days))})

    def _active_days(self) -> dict[str, dict[date, Dimensions]]:
        """Each user's active days, with the dimensions of the last active event of that day."""
        last_events: dict[tuple[str, date], Event] = {}
        for e in self.events:
            if e.user is None or e.name in self.definitions.background_events:
                continue
            so_far = last_events.get((e.user, e.day))
            if so_far is None or recency(e) > recency(so_far):
                last_events[e.user, e.day] = e
        active: dict[str, dict[date, Dimensions]] = {}
        for (user, day), last in last_events.items():
            active.setdefault(user, {})[day] = last.dimensions
        return active

    def takes(self) -> Counter[Key]:
        """How often a picture was taken, by the events' own dimensions, whoever took it."""
        return Counter((e.day, *e.dimensions) for e in self.events if e.name in self.definitions.take_events)


def recency(e: Event) -> tuple[bool, int, tuple[bytes, bytes]]:
    """Order the events of a day: no timestamp, then by timestamp, then by the dimensions' bytes."""
    return e.timestamp is not None, e.timestamp or 0, e.dimensions.in_bytes()


def calendar(first: date, last: date) -> list[date]:
    """Every day from the first to the last; a day without a file is an empty day."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_before(day: date, n: int) -> date:
    return day - timedelta(days=n)


def latest_within(active: Mapping[date, Dimensions], last: date, length: int) -> date | None:
    """The latest active day of the `length` days that end with `last`."""
    return max((day for day in active if days_before(last, length) < day <= last), default=None)


def events_flat(log: Log) -> list[dict[str, Any]]:
    """Every event as it was delivered, its dimensions normalised."""
    return [
        {
            "date": e.day,
            "source": e.source,
            "event_timestamp": e.timestamp,
            "event_name": e.name,
            "user_key": e.user,
            "country": e.dimensions.country,
            "platform": e.dimensions.platform,
            "app_version": e.app_version,
        }
        for e in log.events
    ]


def user_days(log: Log) -> Table:
    """One row per user and active day."""
    return {
        (day, user): {"country": where.country, "platform": where.platform}
        for user, active in log.active_days.items()
        for day, where in active.items()
    }


def users(log: Log) -> Table:
    """One row per user that was ever active: the first active day, and where that was."""
    return {
        (user,): {
            "first_day": min(active),
            "country": active[min(active)].country,
            "platform": active[min(active)].platform,
        }
        for user, active in log.active_days.items()
    }


def active_users(log: Log) -> Table:
    """Distinct users of the day, of 7 and of `mau_days` days, each under the latest active day of that window."""
    table: Table = {}
    for day in log.days:
        for active in log.active_days.values():
            for column, length in (("dau", 1), ("wau", 7), ("mau", log.definitions.mau_days)):
                latest = latest_within(active, day, length)
                if latest is not None:
                    _row(table, (day, *active[latest]), ACTIVE_USERS)[column] += 1
            if min(active) == day:
                _row(table, (day, *active[day]), ACTIVE_USERS)["new_users"] += 1
    return table


ACTIVE_USERS = ("dau", "wau", "mau", "new_users")
DAILY_REPORT = (*ACTIVE_USERS, "takes")


def daily_report(log: Log) -> Table:
    """The morning table: each figure beside the same country's and platform's of yesterday and a week ago."""
    figures = active_users(log)
    for key, number in log.takes().items():
        _row(figures, key, ACTIVE_USERS)["takes"] = number
    figures = {key: {column: row.get(column, 0) for column in DAILY_REPORT} for key, row in figures.items()}

    table: Table = {}
    for day in log.days:
        compared = {"": day, "_prev_day": days_before(day, 1), "_prev_week": days_before(day, 7)}
        places = {(country, platform) for (then, country, platform) in figures if then in compared.values()}
        for place in places:
            table[day, *place] = {
                column + suffix: figures.get((then, *place), {}).get(column, 0) if then in log.days else None
                for column in DAILY_REPORT
                for suffix, then in compared.items()
            }
    return table


def _row(table: Table, key: Key, columns: Iterable[str]) -> dict[str, Any]:
    """The row of that key, with a zero in each column where there was none."""
    return table.setdefault(key, dict.fromkeys(columns, 0))


# What each table holds, and under which key.
KEYS = {
    "user_days": ("date", "user_key"),
    "users": ("user_key",),
    "active_users": ("date", "country", "platform"),
    "daily_report": ("date", "country", "platform"),
}
TABLES = {
    "user_days": user_days,
    "users": users,
    "active_users": active_users,
    "daily_report": daily_report,
}


def figures(exports: Exports, definitions: Definitions | None = None) -> dict[str, Table]:
    """Every table, from the rows of the exports."""
    log = Log(exports, definitions)
    return {name: count(log) for name, count in TABLES.items()}


def rows_of(name: str, table: Table) -> list[dict[str, Any]]:
    """The table as rows that name their key's columns."""
    return [dict(zip(KEYS[name], key, strict=True)) | values for key, values in table.items()]
