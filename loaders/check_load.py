"""Checking what a load is about to commit, and recording what was found."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Mapping, Sequence

from loaders.catalog import Catalog
from loaders.checks.evaluate import evaluate
from loaders.checks.scope import Scope
from loaders.checks.verdicts import Result, expected_day, refusal
from loaders.day_calendar import Calendar
from loaders.decisions import days_to_store
from loaders.errors import CheckFailedError
from loaders.foresight import foresee
from loaders.plan import Request
from loaders.sources import Source
from loaders.store.check_results import record_results
from loaders.store.connection import MySQL
from loaders.store.ledger import Entry, record
from loaders.store.mirror import Target
from loaders.store.slices import held_rows, held_versions
from loaders.store.tables import live_declaration
from loaders.warehouse import Warehouse


def check_load(
    connection: MySQL,
    warehouse: Warehouse,
    catalog: Catalog,
    calendar: Calendar,
    sources: Mapping[str, Source],
    declared: Collection[str],
    request: Request,
    targets: Sequence[Target],
    changed: Mapping[str, Collection[dt.date]],
    run: str,
) -> list[Result]:
    """What the checks find in the connection's open transaction; recorded in it, too.

    `changed` are the days that the load has written to the reports in place; what was filled beside is checked whole.
    Raises CheckFailedError, with all results, when a check of level `fail` does not hold.
    """
    started = time.monotonic()
    rows = {table.name: held_rows(connection, table) for table in catalog.reports}
    beside = {target.table.name for target in targets if target.is_beside}
    scope = Scope(
        changed={name: days if name in beside else changed.get(name, ()) for name, days in rows.items()},
        held=rows,
        stale=_left_behind(connection, warehouse, catalog, calendar, sources, request),
        places=_places(connection, catalog, targets),
    )
    expected = _expected(calendar, sources, declared) if request.start is None and request.end is None else None
    checks = [check for target in targets for check in target.table.checks]
    results = evaluate(connection, checks, rows, scope, expected)
    failure = refusal(results)
    if failure:
        raise CheckFailedError(failure, results)
    if results:
        record_results(connection, run, results)
        start, end = min(result.start for result in results), max(result.end for result in results)
        record(connection, Entry(run, "", "check", start, end, "", None, time.monotonic() - started, "", ""))
    return results


def _places(connection: MySQL, catalog: Catalog, targets: Sequence[Target]) -> dict[str, str]:
    """Where each report is found; one whose table is still made from another declaration is not."""
    filled = {target.table.name: target.place for target in targets}
    others = [table for table in catalog.reports if table.name not in filled]
    return filled | {
        table.name: table.name
        for table in others
        if live_declaration(connection, table.name) == table.declaration_version()
    }


def _left_behind(
    connection: MySQL,
    warehouse: Warehouse,
    catalog: Catalog,
    calendar: Calendar,
    sources: Mapping[str, Source],
    request: Request,
) -> Mapping[str, Collection[dt.date]]:
    """The days of each report that the load was not asked for, and that differ from what a load would make of them."""
    if request.is_everything:
        return {}
    partitions = {name: warehouse.partitions(name) for name in catalog.tables}
    foreseen = foresee(catalog, calendar, warehouse.daily_tables(), sources, partitions, Request())
    return {
        table.name: days_to_store(held_versions(connection, table), foreseen.versions[table.name]).keys()
        for table in catalog.reports
    }


def _expected(calendar: Calendar, sources: Mapping[str, Source], declared: Collection[str]) -> dt.date | None:
    now = dt.datetime.now(dt.UTC)
    delivering = {row.source for row in calendar.rows}
    due = [sources[name].due_day(now) for name in declared if name in delivering]
    return expected_day(due, (*calendar.days, *calendar.held_back))
