"""All exports together: every event, the loaded days, and the days on which each user was active."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.reference.definitions import Definitions
from tests.reference.exports import Dimensions, Event, Exports, events_of

Key = tuple[Any, ...]
Table = dict[Key, dict[str, Any]]


class Log:
    """All exports, with the days on which each user was active. Rows are never deduplicated."""

    def __init__(
        self,
        exports: Exports,
        definitions: Definitions | None = None,
        emptied: Mapping[str, Iterable[date]] | None = None,
    ) -> None:
        """`emptied` are days that a source has delivered although nothing of them is left."""
        self.definitions = definitions or Definitions()
        self.events = [e for source, rows in exports.items() for row in rows for e in self._read(source, row)]
        self.days = self._loaded_days(emptied or {})
        self.active_days = self._active_days()

    def _read(self, source: str, row: Mapping[str, Any]) -> Iterable[Event]:
        return events_of(source, row, self.definitions)

    def _loaded_days(self, emptied: Mapping[str, Iterable[date]]) -> list[date]:
        """Each source's range runs from its first to its last day; what is missing inside counts as empty."""
        by_source: dict[str, set[date]] = {source: set(days) for source, days in emptied.items()}
        for e in self.events:
            by_source.setdefault(e.source, set()).add(e.day)
        return sorted({day for days in by_source.values() if days for day in calendar(min(days), max(days))})

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


def row(table: Table, key: Key, columns: Iterable[str]) -> dict[str, Any]:
    """The row of that key, with a zero in each column where there was none."""
    return table.setdefault(key, dict.fromkeys(columns, 0))
