"""Bringing the warehouse's tables up to date: each in its turn, only the days whose inputs or definition changed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from loaders.catalog import DAYS, EXPORT, Catalog, Table, digest
from loaders.day_calendar import Calendar
from loaders.plan import (
    Due,
    Request,
    calendar_versions,
    days_to_compute,
    due,
    export_versions,
    from_the_first_on,
    partition_versions,
    wanted_slots,
)
from loaders.sources import Source
from loaders.versions import Run, Versions, runs
from loaders.warehouse import DailyTable, Spent, Stamp, Warehouse

# Longer runs of days are computed in pieces, so that memory does not grow with the history.
LONGEST_RUN = 366


@dataclass(frozen=True)
class Step:
    """A statement that was run: on what, why, and what it took."""

    table: str
    step: str
    start: dt.date | None
    end: dt.date | None
    reason: str
    rows: int
    seconds: float
    source_version: str
    code_version: str
    bytes_billed: int = 0
    usd: float = 0.0


def compute(
    warehouse: Warehouse,
    catalog: Catalog,
    calendar: Calendar,
    sources: Mapping[str, Source],
    request: Request,
    on_step: Callable[[Step], None] = lambda _: None,
    whole: Collection[str] = (),
) -> list[Step]:
    """Brings all tables that the request needs up to date and gives what was done. Raises WarehouseError.

    The reports of `whole` are brought up to date with all their days, whatever was asked for.
    """
    published = set(calendar.days)
    delivered = [table for table in warehouse.daily_tables() if table.date in published]
    if list(warehouse.days()) != list(calendar.rows):
        warehouse.write_days(calendar.rows)
    versions: dict[str, Versions] = {EXPORT: export_versions(delivered), DAYS: calendar_versions(calendar.rows)}
    needed = days_to_compute(catalog, request, published, whole)
    steps: list[Step] = []

    def done(step: Step) -> None:
        steps.append(step)
        on_step(step)

    for table in catalog.tables.values():
        _replace(warehouse, table, needed[table.name], published, versions, delivered, sources, request, done)
        versions[table.name] = partition_versions(warehouse.partitions(table.name))
    return steps


def _replace(
    warehouse: Warehouse,
    table: Table,
    days: Collection[dt.date],
    published: Collection[dt.date],
    versions: Mapping[str, Versions],
    delivered: Collection[DailyTable],
    sources: Mapping[str, Source],
    request: Request,
    done: Callable[[Step], None],
) -> None:
    existing = warehouse.partitions(table.name)
    slots = wanted_slots(table, days, versions, delivered)
    names = {slot.source for slot in slots}
    schemas = {name: sources[name].export_schema if table.per_source else "" for name in names}
    codes = {name: _code(table, schemas[name]) for name in names}
    pending = due(table, slots, existing, codes, request)
    # What every day's partition should be is only known of all published days, whatever was asked for.
    lasting = set(wanted_slots(table, published, versions, delivered))
    stale = [slot for slot in existing if slot not in lasting]
    if table.onwards:
        pending = from_the_first_on(pending, slots, stale, codes)
    if stale:
        warehouse.retire(table, stale)
    for name in sorted(names):
        stamps = {slot.date: entry for slot, entry in pending.items() if slot.source == name}
        for run in _runs(table, stamps):
            started = time.monotonic()
            due_days = {day: stamps[day].stamp for day in run.days if day in stamps}
            spent = warehouse.replace(table, schemas[name], name, due_days)
            done(_step(table, run.start, run.end, run.reason, spent, started, _joint_stamp(run, stamps)))


def _runs(table: Table, stamps: Mapping[dt.date, Due]) -> list[Run]:
    if table.onwards and stamps:
        # One statement: it has to see everything from the first day on.
        return [Run(min(stamps), max(stamps), stamps[min(stamps)].reason)]
    return runs({day: entry.reason for day, entry in stamps.items()}, LONGEST_RUN)


def _code(table: Table, schema: str) -> str:
    return table.code_version(schema) if schema else table.code_version()


def _joint_stamp(run: Run, stamps: Mapping[dt.date, Due]) -> Stamp:
    inputs = [stamps[day].stamp.inputs for day in run.days if day in stamps]
    return Stamp(stamps[run.start].stamp.code, inputs[0] if len(inputs) == 1 else digest(inputs))


def _step(
    table: Table, start: dt.date | None, end: dt.date | None, reason: str, spent: Spent, started: float, stamp: Stamp
) -> Step:
    return Step(
        table=table.name,
        step="compute",
        start=start,
        end=end,
        reason=reason,
        rows=spent.rows,
        seconds=time.monotonic() - started,
        source_version=stamp.inputs,
        code_version=stamp.code,
        bytes_billed=spent.bytes_billed,
        usd=spent.usd,
    )


def report_versions(warehouse: Warehouse, table: Table) -> dict[dt.date, str]:
    """The versions of a report's days as the warehouse has them now: what MySQL should mirror."""
    return {slot.date: partition.version for slot, partition in warehouse.partitions(table.name).items()}
