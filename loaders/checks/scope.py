"""Which days a check looks at after a load. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from loaders.checks.check import Check

# Fewer statements are better than fewer days: a gap of a week is looked at, too.
_GAP = dt.timedelta(days=7)


@dataclass(frozen=True)
class Scope:
    """What MySQL would hold when the load was committed; everything by report."""

    # The days that the load writes or removes.
    changed: Mapping[str, Collection[dt.date]]
    # All days that are there.
    held: Mapping[str, Collection[dt.date]]
    # Those that a load of less than everything has left behind their inputs: they need not agree with anything.
    stale: Mapping[str, Collection[dt.date]] = field(default_factory=dict)
    # Under which name a table is found; a report that is missing here has no table.
    places: Mapping[str, str] = field(default_factory=dict)


def ranges(check: Check, scope: Scope) -> list[tuple[dt.date, dt.date]]:
    """The first and last day of each stretch that the check must look at, oldest first."""
    if any(name not in scope.places for name in (check.report, *check.reads)):
        return []
    due = set(scope.changed.get(check.report, ()))
    for name, offsets in check.reads.items():
        due |= {day + dt.timedelta(days=ago) for day in scope.changed.get(name, ()) for ago in offsets}
    held = scope.held.get(check.report, ())
    apart = {day for day in held if _is_behind(check, day, scope)}
    found: list[tuple[dt.date, dt.date]] = []
    for day in sorted(due.intersection(held) - apart):
        last = found[-1][1] if found else None
        if last and day - last <= _GAP and not any(last < other < day for other in apart):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _is_behind(check: Check, day: dt.date, scope: Scope) -> bool:
    return day in scope.stale.get(check.report, ()) or any(
        day - dt.timedelta(days=ago) in scope.stale.get(name, ())
        for name, offsets in check.reads.items()
        for ago in offsets
    )
