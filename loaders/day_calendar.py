"""Which days are loaded, which source has delivered them, and which are still awaited. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loaders.sources import Source
from loaders.versions import days_between
from loaders.warehouse import DailyTable, DayRow


@dataclass(frozen=True)
class Calendar:
    """The published days, and those that are held back until a declared source delivers them."""

    rows: tuple[DayRow, ...]
    held_back: tuple[dt.date, ...]
    # The sources that held-back days wait for.
    awaited: tuple[str, ...]

    @property
    def days(self) -> list[dt.date]:
        """The published days, oldest first."""
        return sorted({row.date for row in self.rows})


def make_calendar(
    tables: Iterable[DailyTable],
    sources: Mapping[str, Source],
    declared: Iterable[str],
    final_after_days: int,
    *,
    partial: bool = False,
    published: Collection[dt.date] = (),
) -> Calendar:
    """The calendar of the delivered days.

    A source's range runs from its first to its last day; a day that it lacks inside counts as empty and is flagged
    (`modified_at` is None). A declared source is expected until its `until`: a later day that another source has
    already is held back until it delivers too, or published as partial when `partial` says so or it was `published`
    before.
    """
    delivered: dict[str, dict[dt.date, DailyTable]] = {}
    for table in tables:
        delivered.setdefault(table.source, {})[table.date] = table
    expected: dict[dt.date, set[str]] = {}
    for name, days in delivered.items():
        for day in days_between(min(days), max(days)):
            expected.setdefault(day, set()).add(name)
    late: dict[dt.date, set[str]] = {}
    for name in set(declared) & set(delivered):
        last, until = max(delivered[name]), sources[name].until
        for day in expected:
            if day > last and (until is None or day <= until):
                late.setdefault(day, set()).add(name)
    held_back = () if partial else tuple(sorted(set(late) - set(published)))
    rows = [
        _row(day, name, delivered[name].get(day), sources[name], final_after_days)
        for day, names in sorted(expected.items())
        if day not in held_back
        for name in sorted(names | late.get(day, set()))
    ]
    awaited = tuple(sorted({name for day in held_back for name in late[day]}))
    return Calendar(tuple(rows), held_back, awaited)


def _row(day: dt.date, name: str, table: DailyTable | None, source: Source, final_after_days: int) -> DayRow:
    # The day itself ends at the next midnight of the property's time zone.
    final = dt.datetime.combine(day + dt.timedelta(days=1 + final_after_days), dt.time(), source.zone)
    return DayRow(
        date=day,
        source=name,
        modified_at=table.modified_at if table else None,
        rows=table.rows if table else 0,
        final_at=final.astimezone(dt.UTC).replace(tzinfo=None),
    )


def outside(days: Sequence[dt.date], start: dt.date | None, end: dt.date | None) -> bool:
    """Whether no loaded day lies between `start` and `end`."""
    return not any((start is None or day >= start) and (end is None or day <= end) for day in days)
