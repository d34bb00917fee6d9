"""Bringing the warehouse's tables up to date: each in its turn, only the days whose inputs or definition changed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from loaders.catalog import DAYS, EXPORT, Catalog, Table
from loaders.day_calendar import Calendar
from loaders.decisions import Piece, decide
from loaders.plan import Request, calendar_versions, days_to_compute, export_versions, partition_versions
from loaders.sources import Source
from loaders.versions import Versions
from loaders.warehouse import DailyTable, Spent, Warehouse


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
    tables: Sequence[DailyTable] | None = None,
) -> list[Step]:
    """Brings all tables that the request needs up to date and gives what was done. Raises WarehouseError.

    The reports of `whole` are brought up to date with all their days, whatever was asked for. `tables` are the days of
    the exports, where the caller has asked for them already.
    """
    published = set(calendar.days)
    tables = warehouse.daily_tables() if tables is None else tables
    delivered = [table for table in request.delivered(tables) if table.date in published]
    if list(warehouse.days()) != list(calendar.rows):
        warehouse.write_days(calendar.rows)
    versions: dict[str, Versions] = {EXPORT: export_versions(delivered), DAYS: calendar_versions(calendar.rows)}
    needed = days_to_compute(catalog, request, published, whole)
    steps: list[Step] = []

    def done(step: Step) -> None:
        steps.append(step)
        on_step(step)

    for table in catalog.tables.values():
        partitions = warehouse.partitions(table.name)
        decision = decide(
            table,
            needed[table.name],
            published,
            versions,
            delivered,
            sources,
            partitions,
            request,
        )
        if decision.stale:
            warehouse.retire(table, decision.stale)
        for name in table.reads if decision.pieces else ():
            # Of what lies out of reach of the loaded days, no day may ever have been computed.
            if name in catalog.tables and not versions[name]:
                warehouse.prepare(catalog.tables[name])
        for piece in decision.pieces:
            started = time.monotonic()
            spent = warehouse.replace(table, piece.schema, piece.source, piece.stamps)
            done(_step(table, piece, spent, started))
        if decision.stale or decision.pieces:
            partitions = warehouse.partitions(table.name)
        versions[table.name] = partition_versions(partitions)
    return steps


def _step(table: Table, piece: Piece, spent: Spent, started: float) -> Step:
    return Step(
        table=table.name,
        step="compute",
        start=piece.run.start,
        end=piece.run.end,
        reason=piece.run.reason,
        rows=spent.rows,
        seconds=time.monotonic() - started,
        source_version=piece.stamp.inputs,
        code_version=piece.stamp.code,
        bytes_billed=spent.bytes_billed,
        usd=spent.usd,
    )


def report_versions(warehouse: Warehouse, table: Table) -> dict[dt.date, str]:
    """The versions of a report's days as the warehouse has them now: what MySQL should mirror."""
    return {slot.date: partition.version for slot, partition in warehouse.partitions(table.name).items()}
