"""What must be computed, and why. Pure decisions over what the warehouse and the store say of themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from loaders.catalog import DAYS, EXPORT, Catalog, Table
from loaders.versions import ByDay, Versions, expand, input_version
from loaders.warehouse import DailyTable, DayRow, Partition, Slot, Stamp

NEW = "new"
RESTATED = "restated at the source"
DEFINITION = "definition changed"
UPSTREAM = "upstream changed"
FORCED = "forced"
REMOVED = "removed at the source"


@dataclass(frozen=True)
class Request:
    """What a load was asked for; nothing set means whatever changed."""

    start: dt.date | None = None
    end: dt.date | None = None
    report: str | None = None
    force: bool = False
    partial: bool = False
    # Of the export, only these days are taken notice of, as if no other had been delivered.
    known: frozenset[dt.date] | None = None
    # One table of the warehouse, of any kind; no report is stored then.
    table: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether all days of all reports were asked for."""
        return self.start is None and self.end is None and self.report is None and self.table is None

    def delivered(self, tables: Iterable[DailyTable]) -> list[DailyTable]:
        """Those of the export's days that are taken notice of."""
        return [table for table in tables if self.known is None or table.date in self.known]

    def wants(self, day: dt.date) -> bool:
        """Whether the day lies between the dates that were asked for."""
        return (self.start is None or day >= self.start) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Due:
    """A partition that must be computed: what it will be computed from, and why."""

    stamp: Stamp
    reason: str


def asked_reports(catalog: Catalog, request: Request) -> tuple[Table, ...]:
    """The reports that the request means: all, or the one that it names, with the rollups that must agree with it."""
    return tuple(table for table in catalog.reports if request.report in (None, table.name, table.rollup_of))


def asked_tables(catalog: Catalog, request: Request) -> tuple[Table, ...]:
    """The tables that must be up to date afterwards: those reports, or the table that is named, with its rollups."""
    if request.table is None:
        return asked_reports(catalog, request)
    return tuple(table for table in catalog.tables.values() if request.table in (table.name, table.rollup_of))


def days_to_compute(
    catalog: Catalog, request: Request, published: Iterable[dt.date], whole: Collection[str] = ()
) -> dict[str, set[dt.date]]:
    """For each table the published days that the request needs of it, its inputs' windows included.

    The reports of `whole` are needed with all their days, whatever was asked for.
    """
    loaded = set(published)
    asked = {day for day in loaded if request.wants(day)}
    needed: dict[str, set[dt.date]] = {name: set() for name in catalog.tables}
    for table in asked_tables(catalog, request):
        needed[table.name] |= loaded if table.name in whole else asked
    for name in reversed(list(catalog.tables)):
        table = catalog.tables[name]
        if table.onwards and needed[name]:
            needed[name] = loaded
        for upstream, offsets in table.reads.items():
            if upstream in needed:
                needed[upstream] |= expand(needed[name], offsets) & loaded
    return needed


def due(
    table: Table,
    slots: Mapping[Slot, str],
    existing: Mapping[Slot, Partition],
    codes: Mapping[str, str],
    request: Request,
) -> dict[Slot, Due]:
    """The partitions to compute, of those that should exist.

    `slots` maps each partition that should exist to the version of its inputs; `codes` a source to the version of the
    table's definition for it.
    """
    found: dict[Slot, Due] = {}
    for slot, inputs in slots.items():
        stamp = Stamp(codes[slot.source], inputs)
        reason = _reason(table, existing.get(slot), stamp)
        if reason is None and request.force and request.wants(slot.date):
            reason = FORCED
        if reason:
            found[slot] = Due(stamp, reason)
    return found


def from_the_first_on(
    pending: Mapping[Slot, Due], slots: Mapping[Slot, str], stale: Collection[Slot], codes: Mapping[str, str]
) -> dict[Slot, Due]:
    """What is due of a table whose partitions depend on every earlier one: all from the first that changed or went."""
    first = min((slot.date for slot in (*pending, *stale)), default=None)
    if first is None:
        return {}
    return {
        slot: pending.get(slot, Due(Stamp(codes[slot.source], inputs), UPSTREAM))
        for slot, inputs in slots.items()
        if slot.date >= first
    }


def _reason(table: Table, partition: Partition | None, stamp: Stamp) -> str | None:
    if partition is None:
        return NEW
    if partition.stamp.code != stamp.code:
        return DEFINITION
    if partition.stamp.inputs != stamp.inputs:
        return RESTATED if EXPORT in table.reads else UPSTREAM
    return None


def wanted_slots(
    table: Table, days: Collection[dt.date], inputs: Mapping[str, Versions], delivered: Iterable[DailyTable]
) -> dict[Slot, str]:
    """The partitions of these days that a table should have, with the versions of what they are computed from."""
    if table.per_source:
        return {Slot(export.date, export.source): export.version for export in delivered if export.date in days}
    if table.kind == "staging":
        # A day on which no source delivered anything has no partition to compute.
        days = [
            day for day in days if any(expand([day], offsets) & set(inputs[n]) for n, offsets in table.reads.items())
        ]
    return {Slot(day): input_version(table, day, inputs) for day in days}


def export_versions(delivered: Iterable[DailyTable]) -> Versions:
    """Versions of the export's days, all sources together."""
    by_day = ByDay()
    for export in delivered:
        by_day.add(export.date, f"{export.source}:{export.version}")
    return by_day.versions()


def partition_versions(partitions: Mapping[Slot, Partition]) -> Versions:
    """Versions of a computed table's days, all sources together."""
    by_day = ByDay()
    for slot, partition in partitions.items():
        by_day.add(slot.date, f"{slot.source}:{partition.version}")
    return by_day.versions()


def calendar_versions(rows: Iterable[DayRow]) -> Versions:
    """What queries see of the calendar: whether a day is loaded at all."""
    return {row.date: DAYS for row in rows}
