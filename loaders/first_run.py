"""The demo: made, ingested and loaded, so that a new installation has something to show."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from loaders.catalog import load_catalog
from loaders.demo import DEMO_TIMEZONE, write_ga4
from loaders.ingest import IngestedDay, ingest
from loaders.inputs import read_inputs
from loaders.metrics import load_metrics
from loaders.plan import Request
from loaders.run import load
from loaders.sources import Source
from loaders.store.connection import connected
from loaders.store.tables import make_missing_tables
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment

DEMO_SOURCE = Source(schema="ga4", timezone=DEMO_TIMEZONE, name="demo")


def yesterday() -> dt.date:
    """The last day that the demo's property has completed."""
    return dt.datetime.now(DEMO_SOURCE.zone).date() - dt.timedelta(days=1)


def ingest_demo(
    warehouse: DuckDBWarehouse,
    *,
    days: int,
    users: int,
    seed: int,
    end: dt.date,
    on_day: Callable[[dt.date], None] = lambda _: None,
) -> Sequence[IngestedDay]:
    """Makes the demo export and ingests it in place of the one before. Raises LoaderError."""
    with tempfile.TemporaryDirectory(prefix="groundup-demo-") as folder:
        files = write_ga4(Path(folder), days=days, users=users, seed=seed, end=end, on_day=on_day)
        return ingest(warehouse, files, DEMO_SOURCE, replace_source=True)


def make_store(environment: Environment) -> None:
    """Makes the store's tables where they are missing, empty. Raises LoaderError."""
    catalog = load_catalog(load_metrics(environment.metrics_file))
    with connected(environment, "loader") as connection:
        make_missing_tables(connection, catalog.reports)


def load_demo_if_empty(environment: Environment, progress: Callable[[str], None]) -> None:
    """Brings MySQL up to the warehouse, which gets the demo first when it is empty. Raises LoaderError."""
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        if not warehouse.daily_tables():
            progress("Making the demo export")
            ingest_demo(warehouse, days=60, users=5000, seed=7, end=yesterday())
        inputs = read_inputs(environment, warehouse)
        load(environment, warehouse, inputs, Request(), lambda step: progress(f"Loading {step.table}"))
