"""The demo: made, ingested and loaded, so that a new installation has something to show."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from loaders.catalog import load_catalog
from loaders.demo import DEMO_TIMEZONE, demo_exports
from loaders.ingest import ingest, remove_source
from loaders.inputs import read_inputs
from loaders.metrics import load_metrics
from loaders.plan import Request
from loaders.run import load
from loaders.sources import DEMO_SOURCES, Source, name_source
from loaders.store.connection import connected, transaction
from loaders.store.query import ask
from loaders.store.ranks import write_followed
from loaders.store.tables import make_missing_tables
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment

# Noted in the warehouse when somebody removed the demo, so that starting the stack does not bring it back.
_NO_DEMO = "no demo"


def yesterday() -> dt.date:
    """The last day that the demo's property has completed."""
    return dt.datetime.now(ZoneInfo(DEMO_TIMEZONE)).date() - dt.timedelta(days=1)


def ingest_demo(
    warehouse: DuckDBWarehouse,
    *,
    days: int,
    users: int,
    seed: int,
    end: dt.date,
    on_day: Callable[[dt.date], None] = lambda _: None,
) -> int:
    """Makes the demo's exports and ingests them in place of those before; gives the events. Raises LoaderError."""
    events = 0
    warehouse.connection.execute("DELETE FROM groundup.wishes WHERE name = ?", [_NO_DEMO])
    with tempfile.TemporaryDirectory(prefix="groundup-demo-") as folder:
        exports = demo_exports(Path(folder), days=days, users=users, seed=seed, end=end, on_day=on_day)
        for name in set(DEMO_SOURCES) - {export.name for export in exports}:
            remove_source(warehouse, name)
        for export in exports:
            declared = Source.model_validate({"schema": export.schema, "timezone": export.timezone})
            source = name_source(export.name, declared, "the demo")
            ingested = ingest(warehouse, export.files, source, replace_source=True)
            events += sum(day.new_rows for day in ingested)
    return events


def remove_demo(warehouse: DuckDBWarehouse) -> int:
    """Removes the demo from the warehouse; gives the number of days. The next load takes them out of the reports."""
    days = {table.date for table in warehouse.daily_tables() if table.source in DEMO_SOURCES}
    # First, so that what a killed removal has begun is never undone by `groundup up`.
    warehouse.connection.execute("INSERT OR IGNORE INTO groundup.wishes VALUES (?)", [_NO_DEMO])
    for name in DEMO_SOURCES:
        remove_source(warehouse, name)
    return len(days)


def make_store(environment: Environment) -> None:
    """Makes the store's tables where they are missing, empty. Raises LoaderError."""
    metrics = load_metrics(environment.metrics_file)
    catalog = load_catalog(metrics)
    with connected(environment, "loader") as connection:
        make_missing_tables(connection, catalog.reports)
        with transaction(connection):
            write_followed(connection, "apple", metrics.store_ranks)


def has_data(environment: Environment) -> bool:
    """Whether MySQL holds any day. Raises StoreError."""
    return bool(ask(environment, "SELECT 1 FROM days LIMIT 1").rows)


def load_demo_if_empty(environment: Environment, progress: Callable[[str], None]) -> None:
    """Brings MySQL up to the warehouse, which gets the demo first when it is empty and nobody removed the demo.

    Raises LoaderError.
    """
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        unwanted = warehouse.connection.execute("SELECT 1 FROM groundup.wishes WHERE name = ?", [_NO_DEMO]).fetchone()
        if not warehouse.daily_tables():
            if unwanted:
                return
            progress("Making the demo export")
            ingest_demo(warehouse, days=60, users=5000, seed=7, end=yesterday())
        warehouse.rewrite_if_wished()
        inputs = read_inputs(environment, warehouse)
        load(environment, warehouse, inputs, Request(), lambda step: progress(f"Loading {step.table}"))
