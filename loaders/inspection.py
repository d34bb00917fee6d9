"""Looking at the data without touching them: what warehouse, store, journal and disk say of themselves."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import psutil

from loaders.catalog import Catalog, load_catalog
from loaders.decisions import days_to_store
from loaders.errors import LoaderError, WarehouseBusyError
from loaders.foresight import foresee
from loaders.health import Broken, Facts, StoreFacts, WarehouseFacts, Worker
from loaders.inputs import read_inputs
from loaders.journal import read_journal
from loaders.metrics import load_metrics
from loaders.plan import Request
from loaders.run import calendar_of
from loaders.sources import load_sources
from loaders.store.check_results import failed_results, warned_results
from loaders.store.connection import MySQL, connected
from loaders.store.ledger import newest_entry
from loaders.store.slices import held_versions
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.duckdb_file import fresh_file, spill_folder
from settings.environment import Environment

Held = Mapping[str, Mapping[dt.date, str]]


def inspect(environment: Environment, *, ask_store: bool = True) -> Facts:
    """Everything that is known of the data now. Raises DeclarationError alone.

    A command that has the warehouse open is named instead of the warehouse's facts; with `ask_store` False MySQL is not
    asked, because it is known not to answer.
    """
    catalog = load_catalog(load_metrics(environment.metrics_file))
    declared = load_sources(environment.sources_file)
    store, held, store_trouble = _store(environment, catalog) if ask_store else (None, None, "")
    warehouse, worker, trouble = _warehouse(environment, held)
    free, total = _disk(environment.home)
    return Facts(
        now=dt.datetime.now(dt.UTC),
        declared=declared,
        journal=read_journal(environment.home),
        worker=worker,
        warehouse=warehouse,
        warehouse_trouble=trouble,
        store=store,
        store_trouble=store_trouble,
        disk_free=free,
        disk_total=total,
        home=environment.home,
        leftovers=_leftovers(environment),
    )


def _warehouse(environment: Environment, held: Held | None) -> tuple[WarehouseFacts | None, Worker | None, str]:
    path = environment.warehouse_file
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return None, None, ""
    try:
        with DuckDBWarehouse(path, read_only=True) as warehouse:
            return _look_into(environment, warehouse, held), None, ""
    except WarehouseBusyError as error:
        return None, _worker(error.pid), ""
    except LoaderError as error:
        return None, None, str(error)


def _look_into(environment: Environment, warehouse: DuckDBWarehouse, held: Held | None) -> WarehouseFacts:
    inputs = read_inputs(environment, warehouse)
    tables = warehouse.daily_tables()
    partitions = {name: warehouse.partitions(name) for name in inputs.catalog.tables}
    newest = {table.source: table.date for table in tables}
    reports = {
        table.name: max(slot.date for slot in partitions[table.name])
        for table in inputs.catalog.reports
        if partitions[table.name]
    }
    if not tables and not reports:
        return WarehouseFacts(newest, reports, stale={})
    calendar = calendar_of(warehouse, inputs, Request())
    stale = None
    if held is not None:
        foreseen = foresee(inputs.catalog, calendar, tables, inputs.sources, partitions, Request())
        stale = {name: len(days_to_store(held[name], versions)) for name, versions in foreseen.versions.items()}
    return WarehouseFacts(newest, reports, calendar.held_back, calendar.awaited, stale)


def _worker(pid: int | None) -> Worker:
    try:
        process = psutil.Process(pid or 0)
        command = process.cmdline()
        names = [Path(part).name for part in command]
        verb = " ".join(names[names.index("groundup") :][:2]) if "groundup" in names else process.name()
        return Worker(verb, process.pid, dt.datetime.fromtimestamp(process.create_time(), dt.UTC))
    except psutil.Error:
        return Worker("a groundup command", pid or 0, dt.datetime.now(dt.UTC))


def _store(environment: Environment, catalog: Catalog) -> tuple[StoreFacts | None, Held | None, str]:
    try:
        with connected(environment, "reader") as connection:
            present = _tables(connection)
            if not {"days", "loads", "slices"} <= present:
                return StoreFacts({}, {}), {table.name: {} for table in catalog.reports}, ""
            held = {table.name: held_versions(connection, table) for table in catalog.reports}
            unfinished = tuple(sorted(name for name in present if name.endswith(("__next", "__old"))))
            facts = StoreFacts(
                reports={name: max(versions) for name, versions in held.items() if versions},
                sources=_newest_days(connection),
                partial=_partial(connection),
                newest_entry=newest_entry(connection),
                unfinished_tables=unfinished,
                checks=_broken(connection, catalog) if "checks" in present else (),
            )
            return facts, held, ""
    except LoaderError as error:
        return None, None, str(error)


def _tables(connection: MySQL) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        return {row[0] for row in cursor.fetchall()}


def _newest_days(connection: MySQL) -> dict[str, dt.date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, MAX(`date`) FROM days WHERE modified_at IS NOT NULL GROUP BY source")
        return {row[0]: row[1] for row in cursor.fetchall()}


def _partial(connection: MySQL) -> tuple[tuple[dt.date, str], ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT `date`, source FROM days WHERE modified_at IS NULL ORDER BY `date`, source")
        return tuple((row[0], row[1]) for row in cursor.fetchall())


def _broken(connection: MySQL, catalog: Catalog) -> tuple[Broken, ...]:
    declared = {(check.report, check.name) for table in catalog.reports for check in table.checks}
    return tuple(
        Broken(row["report"], row["check"], row["message"], row["status"] == "failed", row["run"])
        for row in (*failed_results(connection), *warned_results(connection))
        if row["status"] == "failed" or (row["report"], row["check"]) in declared
    )


def _disk(home: Path) -> tuple[int | None, int | None]:
    place = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    try:
        usage = shutil.disk_usage(place)
    except OSError:
        return None, None
    return usage.free, usage.total


def _leftovers(environment: Environment) -> tuple[Path, ...]:
    path = environment.warehouse_file
    beside = (fresh_file(path), path.with_name(f"{path.name}.draft"), spill_folder(path))
    return tuple(found for found in beside if found.exists())
