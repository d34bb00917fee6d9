"""What a partition should have been computed from, by what its inputs are now. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loaders.catalog import Table, digest

# Versions of an input's partitions: day → one text that changes when anything of that day may have changed.
Versions = Mapping[dt.date, str]


@dataclass(frozen=True)
class Run:
    """Consecutive days that are computed by one statement, and why."""

    start: dt.date
    end: dt.date
    reason: str

    @property
    def days(self) -> list[dt.date]:
        """All days of the run."""
        return [self.start + dt.timedelta(days=n) for n in range((self.end - self.start).days + 1)]


@dataclass
class ByDay:
    """Collects versions of several partitions of one day into one text."""

    parts: dict[dt.date, list[str]] = field(default_factory=dict)

    def add(self, day: dt.date, version: str) -> None:
        """Adds a partition's version to its day."""
        self.parts.setdefault(day, []).append(version)

    def versions(self) -> dict[dt.date, str]:
        """One text a day, whatever the order in which its partitions came."""
        return {day: parts[0] if len(parts) == 1 else digest(sorted(parts)) for day, parts in self.parts.items()}


def input_version(table: Table, day: dt.date, inputs: Mapping[str, Versions]) -> str:
    """A text that changes whenever a partition changes that the table's day is computed from."""
    present = [
        (name, days_ago, version)
        for name, offsets in sorted(table.reads.items())
        for days_ago in offsets
        if (version := inputs[name].get(day - dt.timedelta(days=days_ago))) is not None
    ]
    return digest(present)


def runs(reasons: Mapping[dt.date, str], longest: int, *, mixed: bool = False) -> list[Run]:
    """Days grouped into consecutive runs, none longer than `longest` days, of one reason each unless they are `mixed`.

    A mixed run has its reasons in the order in which they come first, such as "upstream changed, new".
    """
    found: list[Run] = []
    for day in sorted(reasons):
        last, reason = found[-1] if found else None, reasons[day]
        if (
            last
            and (mixed or last.reason == reason)
            and day - last.end == dt.timedelta(days=1)
            and (day - last.start).days < longest
        ):
            known = last.reason.split(", ")
            found[-1] = Run(last.start, day, last.reason if reason in known else f"{last.reason}, {reason}")
        else:
            found.append(Run(day, day, reason))
    return found


def days_between(start: dt.date, end: dt.date) -> Sequence[dt.date]:
    """All days from `start` to `end`, both included."""
    return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


def expand(days: Iterable[dt.date], offsets: Iterable[int]) -> set[dt.date]:
    """The days that are read for these days."""
    offsets = tuple(offsets)
    return {day - dt.timedelta(days=offset) for day in days for offset in offsets}
