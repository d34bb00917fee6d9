"""How fresh a page is: the newest day that every report behind it holds."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from superset_config.lately import Lately
from superset_config.store import ask_store

# What is not loaded every morning: a page of older figures says so in another colour.
OLD_AFTER_DAYS = 2
# For how long an answer holds, in seconds.
_LIFETIME = 60.0
# By table; what is not named here, such as the calendar, has no day of its own.
_QUERY = (
    "SELECT report, MAX(`date`) FROM slices GROUP BY report "
    "UNION ALL SELECT 'store_ranks', MAX(`date`) FROM store_ranks "
    "UNION ALL SELECT 'loads', DATE(MAX(started_at)) FROM loads"
)


class NewestDays:
    """The newest day of each table, asked again after a minute."""

    def __init__(
        self, ask: Callable[[str], Sequence[tuple[Any, ...]]] = ask_store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._days = Lately(lambda: {table: day for table, day in ask(_QUERY) if day is not None}, _LIFETIME, clock)

    def by_table(self) -> Mapping[str, dt.date]:
        """Table → its newest day; a table that holds nothing yet is not there."""
        return self._days.get()


def as_of(tables: Iterable[str], newest: Mapping[str, dt.date]) -> dt.date | None:
    """Up to which day the page that shows these tables is complete; None when none of them holds anything."""
    return min((newest[table] for table in tables if table in newest), default=None)


def is_old(day: dt.date, today: dt.date) -> bool:
    """Whether figures of this day are older than a morning's should be."""
    return (today - day).days > OLD_AFTER_DAYS


def age(day: dt.date, today: dt.date) -> str:
    """How long ago a day was, in words."""
    days = (today - day).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago" if days > 0 else "still to come")


def in_words(day: dt.date, today: dt.date) -> str:
    """A day as people say it: Wednesday 25 November; with its year when that is not this one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%A} {day.day} {day:%B}{year}"
