"""A load from end to end: the calendar, the warehouse's tables, then MySQL's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pymysql

from loaders.catalog import Catalog
from loaders.check_load import check_load
from loaders.checks.verdicts import Result, warnings
from loaders.clock import clock_warning
from loaders.compute import Step, compute
from loaders.day_calendar import Calendar, make_calendar, outside
from loaders.errors import CheckFailedError, LoaderError, RangeError
from loaders.journal import noted
from loaders.metrics import Metrics
from loaders.plan import Request, asked_reports
from loaders.sources import Source
from loaders.store.check_results import record_results
from loaders.store.connection import MySQL, connected, transaction
from loaders.store.ledger import Entry, new_run, newest_entry, record, write_calendar
from loaders.store.locks import load_lock
from loaders.store.mirror import Target, entry, fill_beside, mirror_report
from loaders.store.ranks import write_followed
from loaders.store.tables import drop_undeclared, make_own_tables, make_place, swap
from loaders.store_ranks.demo import mirror_demo
from loaders.warehouse import DailyTable, Warehouse
from settings.environment import Environment


@dataclass(frozen=True)
class Inputs:
    """What a load works from: the tables to make, the settings, and the sources by name."""

    catalog: Catalog
    metrics: Metrics
    sources: Mapping[str, Source]
    # Those of sources.yaml, which are expected to deliver every day.
    declared: frozenset[str] = frozenset()


@dataclass
class Loaded:
    """What a load did."""

    run: str
    calendar: Calendar
    steps: list[Step] = field(default_factory=list)
    # One sentence each: what does not touch the figures and should be seen to all the same.
    warnings: list[str] = field(default_factory=list)
    checks: list[Result] = field(default_factory=list)


def load(
    environment: Environment,
    warehouse: Warehouse,
    inputs: Inputs,
    request: Request,
    on_step: Callable[[Step], None] = lambda _: None,
    run: str | None = None,
) -> Loaded:
    """Computes whatever the request needs and changed, and brings MySQL up to it.

    Raises RangeError for days outside the data, WarehouseError and StoreError for what the engines refuse and
    CheckFailedError for what must not be shown; what MySQL held is then as before, and the next load goes on from
    there.
    """
    if request.report:
        inputs.catalog.report(request.report)
    run = run or new_run()
    try:
        # Asked once: at BigQuery, the answer takes a request a day of history.
        tables = warehouse.daily_tables()
        calendar = calendar_of(warehouse, inputs, request, tables)
    except RangeError:
        # There is nothing to load, which nobody has to know but who asked.
        raise
    except LoaderError as error:
        _note_early_failure(environment, run, error)
        raise
    result = Loaded(run, calendar)

    def done(step: Step) -> None:
        result.steps.append(step)
        on_step(step)

    def stored() -> int:
        return sum(step.rows for step in result.steps if step.step == "store")

    with (
        noted(environment.home, result.run, stored),
        connected(environment, "loader") as connection,
        load_lock(connection),
    ):
        make_own_tables(connection)
        warning = clock_warning(dt.datetime.now(dt.UTC).replace(tzinfo=None), newest_entry(connection))
        result.warnings += [warning] if warning else []
        with failures_recorded(connection, result.run):

            def computed(step: Step) -> None:
                record(connection, entry(step, result.run))
                connection.commit()
                done(step)

            # A report whose declaration has changed is filled anew beside the old one, with all its days.
            targets = [Target(table, make_place(connection, table)) for table in asked_reports(inputs.catalog, request)]
            beside = [target for target in targets if target.is_beside]
            whole = {target.table.name for target in beside}
            compute(warehouse, inputs.catalog, calendar, inputs.sources, request, computed, whole, tables)
            days = {day for day in calendar.days if request.wants(day)}
            for target in beside:
                fill_beside(connection, warehouse, target, result.run, done)
            # Reports agree with each other and with the calendar at every moment, so they change at one moment.
            with transaction(connection):
                changed = {
                    target.table.name: mirror_report(
                        connection, warehouse, target, days, result.run, done, force=request.force
                    )
                    for target in targets
                    if not target.is_beside
                }
                if request.report is None:
                    write_calendar(connection, [row for row in calendar.rows if row.date in days], request)
                    write_followed(connection, "apple", inputs.metrics.store_ranks)
                if request.is_everything:
                    mirror_demo(connection, tables, result.run)
                result.checks += check_load(
                    connection,
                    warehouse,
                    inputs.catalog,
                    calendar,
                    inputs.sources,
                    inputs.declared,
                    request,
                    targets,
                    changed,
                    result.run,
                )
            swap(connection, [target.table for target in beside])
            if request.is_everything:
                drop_undeclared(connection, inputs.catalog.reports)
    result.warnings += warnings(result.checks)
    return result


def calendar_of(
    warehouse: Warehouse, inputs: Inputs, request: Request, tables: Sequence[DailyTable] | None = None
) -> Calendar:
    """The calendar of what the warehouse has. Raises RangeError when it has nothing that was asked for.

    `tables` are the days of the exports, where the caller has asked for them already.
    """
    delivered = request.delivered(warehouse.daily_tables() if tables is None else tables)
    if not delivered and not any(warehouse.partitions(name) for name in inputs.catalog.tables):
        raise RangeError(warehouse.no_data)
    # A day that was published as partial stays: what people have seen does not go away again.
    calendar = make_calendar(
        delivered,
        inputs.sources,
        inputs.declared,
        inputs.metrics.final_after_days,
        partial=request.partial,
        published={row.date for row in warehouse.days()},
    )
    days = calendar.days
    if request.start and request.end and request.start > request.end:
        raise RangeError(f"--from {request.start} lies after --to {request.end}; exchange them.")
    if (request.start or request.end) and outside(days, request.start, request.end):
        asked = " to ".join(str(day) for day in (request.start, request.end) if day)
        there = f"the loaded days run from {days[0]} to {days[-1]}" if days else "no day is loaded"
        raise RangeError(f"There is no data for {asked}: {there}.")
    return calendar


def _note_early_failure(environment: Environment, run: str, error: LoaderError) -> None:
    """The failure before there is a plan. Where MySQL does not answer either, the first error is what counts."""
    with (
        suppress(LoaderError),
        noted(environment.home, run, lambda: 0),
        connected(environment, "loader") as connection,
        failures_recorded(connection, run),
    ):
        make_own_tables(connection)
        raise error


@contextmanager
def failures_recorded(connection: MySQL, run: str) -> Iterator[None]:
    """Puts a failure into the ledger, where MySQL still takes it, and lets it go on."""
    try:
        yield
    except (LoaderError, pymysql.MySQLError) as error:
        _try_to_record(connection, run, error)
        raise


def _try_to_record(connection: MySQL, run: str, error: Exception) -> None:
    # The connection may be what failed; the error itself is what the user must see.
    failure = Entry(run, "", "load", None, None, "", None, 0.0, "", "", status="failed", error=str(error))
    try:
        connection.rollback()
        if isinstance(error, CheckFailedError):
            record_results(connection, run, error.results)
        record(connection, failure)
        connection.commit()
    except pymysql.MySQLError:
        return
