"""The demo app's life, ready to be exported: which days there are, and where its exports are written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.demo.errors import DemoError
from loaders.demo.tables import build

DEMO_TIMEZONE = "Asia/Seoul"
_MOST_DAYS = 1_000
_MOST_USERS = 1_000_000


@dataclass(frozen=True)
class App:
    """The app from its first day to its last, in a database whose macros give the exports of a day by its number."""

    database: duckdb.DuckDBPyConnection
    first: datetime.date
    days: int

    def date(self, number: int) -> datetime.date:
        """The day of that number, 0 for the first."""
        return self.first + datetime.timedelta(number)

    def numbers(self, first_day: datetime.date | None, last_day: datetime.date | None) -> range:
        """The days from `first_day` to `last_day` by number; None is the app's own first or last.

        Raises DemoError when one of them is no day of the app's, or when there is none between them.
        """
        last = self.date(self.days - 1)
        for day in (first_day, last_day):
            if day is not None and not self.first <= day <= last:
                raise DemoError(f"The demo app has no {day}; ask for a day from {self.first} to {last}.")
        numbers = range(((first_day or self.first) - self.first).days, ((last_day or last) - self.first).days + 1)
        if not numbers:
            raise DemoError(f"No day of the demo lies between {first_day} and {last_day}; swap them.")
        return numbers


@contextmanager
def demo_app(folder: Path, *, days: int, users: int, seed: int, end: datetime.date) -> Iterator[App]:
    """The app whose exports go into `folder`, which is made when it is missing.

    Raises DemoError for a count out of range, and for a folder that cannot be written now or within the context.
    """
    if not 1 <= days <= _MOST_DAYS:
        raise DemoError(f"The demo export cannot have {days} days; ask for 1 to {_MOST_DAYS:,}.")
    if not 1 <= users <= _MOST_USERS:
        raise DemoError(f"The demo export cannot have {users} users; ask for 1 to {_MOST_USERS:,}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with build(days=days, users=users, seed=seed, end=end) as database:
            yield App(database, end - datetime.timedelta(days - 1), days)
    except (OSError, duckdb.IOException) as error:
        raise DemoError(
            f"The demo export cannot be written to {folder} ({error}); make the folder writable or free some space."
        ) from error
