"""What is due of one table, and in which pieces it is computed. Pure decisions, shared by the plan and the load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from loaders.catalog import EXPORT, Table, digest
from loaders.plan import FORCED, NEW, REMOVED, UPSTREAM, Due, Request, due, from_the_first_on, wanted_slots
from loaders.sources import Source
from loaders.versions import Run, Versions, runs
from loaders.warehouse import DailyTable, Partition, Slot, Stamp

# Longer runs of days are computed in pieces, so that memory does not grow with the history.
LONGEST_RUN = 366


@dataclass(frozen=True)
class Piece:
    """Days of a table that one statement computes, from one source where the table is kept by source."""

    source: str
    schema: str
    run: Run
    stamps: Mapping[dt.date, Stamp]

    @property
    def stamp(self) -> Stamp:
        """One stamp for all of its days."""
        inputs = [stamp.inputs for stamp in self.stamps.values()]
        first = next(iter(self.stamps.values()))
        return Stamp(first.code, inputs[0] if len(inputs) == 1 else digest(inputs))


@dataclass(frozen=True)
class Decision:
    """What becomes of a table: partitions to compute and why, in pieces, and partitions that have no place any more."""

    pending: Mapping[Slot, Due]
    pieces: Sequence[Piece]
    stale: Sequence[Slot]


def decide(
    table: Table,
    days: Collection[dt.date],
    published: Collection[dt.date],
    versions: Mapping[str, Versions],
    delivered: Collection[DailyTable],
    sources: Mapping[str, Source],
    existing: Mapping[Slot, Partition],
    request: Request,
) -> Decision:
    """What is due of the table's `days`, given its inputs' versions and the partitions that exist."""
    slots = wanted_slots(table, days, versions, delivered)
    names = sorted({slot.source for slot in slots})
    schemas = {name: sources[name].export_schema if table.per_source else "" for name in names}
    codes = {name: table.code_version(schema) if schema else table.code_version() for name, schema in schemas.items()}
    pending = due(table, slots, existing, codes, request)
    # What every day's partition should be is only known of all published days, whatever was asked for.
    lasting = set(wanted_slots(table, published, versions, delivered))
    stale = [slot for slot in existing if slot not in lasting]
    if table.onwards:
        pending = from_the_first_on(pending, slots, stale, codes)
    pieces = []
    for name in names:
        of_source = {slot.date: entry for slot, entry in sorted(pending.items(), key=_date) if slot.source == name}
        for run in _runs(table, of_source):
            stamps = {day: of_source[day].stamp for day in run.days if day in of_source}
            pieces.append(Piece(name, schemas[name], run, stamps))
    return Decision(pending, pieces, stale)


def _date(entry: tuple[Slot, Due]) -> dt.date:
    return entry[0].date


def _runs(table: Table, pending: Mapping[dt.date, Due]) -> list[Run]:
    if table.onwards and pending:
        # One statement: it has to see everything from the first day on.
        return [Run(min(pending), max(pending), pending[min(pending)].reason)]
    reasons = {day: entry.reason for day, entry in pending.items()}
    # The days that windows reach back to are read once for neighbours, whatever each of them is due for.
    return runs(reasons, LONGEST_RUN, mixed=EXPORT not in table.reads)


def days_to_store(held: Versions, wanted: Versions) -> dict[dt.date, str]:
    """The days that MySQL does not hold as the warehouse has them, and why."""
    found = {day: NEW if day not in held else UPSTREAM for day, version in wanted.items() if held.get(day) != version}
    return found | {day: REMOVED for day in held if day not in wanted}


def runs_to_store(
    held: Versions, wanted: Versions, days: Collection[dt.date] | None = None, *, force: bool = False
) -> list[Run]:
    """The same in runs of days: of the days that were asked for (all, when None), and of those that are gone."""
    pending = days_to_store(held, wanted)
    asked = {day: reason for day, reason in pending.items() if days is None or day in days or day not in wanted}
    if force:
        asked = {day: FORCED for day in wanted if days is None or day in days} | asked
    return runs(asked, LONGEST_RUN)
