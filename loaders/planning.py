"""The plan of a load: its steps and what they cost, from free metadata and the ledger. Reads, and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.catalog import Table
from loaders.day_calendar import Calendar
from loaders.decisions import runs_to_store
from loaders.foresight import foresee
from loaders.plan import Request, asked_reports
from loaders.run import Inputs, calendar_of
from loaders.store.connection import MySQL, connected
from loaders.store.slices import held_versions
from loaders.store.tables import live_declaration
from loaders.versions import Versions
from loaders.warehouse import Warehouse
from settings.environment import Environment


@dataclass(frozen=True)
class PlannedStep:
    """A statement that a load would run; a step of `store` costs nothing at the warehouse."""

    table: str
    step: str
    start: dt.date
    end: dt.date
    reason: str
    bytes: int = 0
    usd: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What a load would do, in its order."""

    calendar: Calendar
    steps: Sequence[PlannedStep]


def make_plan(environment: Environment, warehouse: Warehouse, inputs: Inputs, request: Request) -> Plan:
    """The steps that `load` would take for the same request.

    Raises RangeError for days outside the data, StoreError when MySQL does not answer.
    """
    if request.report:
        inputs.catalog.report(request.report)
    tables = warehouse.daily_tables()
    calendar = calendar_of(warehouse, inputs, request, tables)
    reports = asked_reports(inputs.catalog, request)
    with connected(environment, "reader") as connection:
        held = {table.name: _held(connection, table) for table in reports}
        whole = {table.name for table in reports if _is_refilled(connection, table)}
    partitions = {name: warehouse.partitions(name) for name in inputs.catalog.tables}
    foreseen = foresee(inputs.catalog, calendar, tables, inputs.sources, partitions, request, whole)
    steps = []
    for table, piece in foreseen.pieces:
        spent = warehouse.estimate(table, piece.schema, piece.source, piece.stamps)
        run = piece.run
        steps.append(PlannedStep(table.name, "compute", run.start, run.end, run.reason, spent.bytes_billed, spent.usd))
    days = {day for day in calendar.days if request.wants(day)}
    for table in reports:
        asked = None if table.name in whole else days
        for run in runs_to_store(held[table.name], foreseen.versions[table.name], asked, force=request.force):
            steps.append(PlannedStep(table.name, "store", run.start, run.end, run.reason))
    return Plan(calendar, steps)


def _held(connection: MySQL, table: Table) -> Versions:
    # Before the first load there is nothing to hold.
    return held_versions(connection, table) if live_declaration(connection, "slices") is not None else {}


def _is_refilled(connection: MySQL, table: Table) -> bool:
    """Whether a load fills the report's table anew, because its declaration has changed."""
    return live_declaration(connection, table.name) not in (None, table.declaration_version())
