"""The warehouse that the settings name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loaders.errors import RangeError, WarehouseError
from loaders.metrics import load_metrics
from loaders.sources import load_sources
from loaders.store.connection import connected
from loaders.store.ledger import spent_this_month
from loaders.warehouse import Warehouse
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment


@contextmanager
def open_warehouse(
    environment: Environment, run: str = "", say: Callable[[str], None] = lambda _: None, *, read_only: bool = False
) -> Iterator[Warehouse]:
    """The embedded warehouse or BigQuery, for a while; `run` names what it is opened for, `say` takes progress.

    Raises WarehouseError and DeclarationError, and RangeError when there is no embedded warehouse to read only.
    """
    if environment.warehouse == "bigquery":
        with _bigquery(environment, run, say) as warehouse:
            yield warehouse
        return
    if read_only and not environment.warehouse_file.exists():
        raise RangeError(DuckDBWarehouse.no_data)
    with DuckDBWarehouse(environment.warehouse_file, read_only=read_only) as embedded:
        if not read_only:
            # A person may have been forgotten by a command that did not live to its end.
            embedded.rewrite_if_wished()
        yield embedded


def require_embedded(environment: Environment, verb: str) -> None:
    """Raises WarehouseError for a verb that is about the embedded warehouse alone where that is not the one in use."""
    if environment.warehouse != "duckdb":
        raise WarehouseError(
            f"`groundup {verb}` is about the embedded warehouse, and GROUNDUP_WAREHOUSE says {environment.warehouse}, "
            "which reads Google's own exports; declare those in sources.yaml and run `groundup load`."
        )


@contextmanager
def _bigquery(environment: Environment, run: str, say: Callable[[str], None]) -> Iterator[Warehouse]:
    # Google's libraries take longer to read in than a load on the embedded warehouse that finds nothing to do.
    from loaders.warehouse.bigquery import BigQueryWarehouse  # noqa: PLC0415
    from loaders.warehouse.bigquery_budget import Budget  # noqa: PLC0415
    from loaders.warehouse.bigquery_client import connect, storage_client  # noqa: PLC0415

    def spent_before() -> float:
        with connected(environment, "loader") as connection:
            return spent_this_month(connection, dt.datetime.now(dt.UTC))

    with BigQueryWarehouse(
        connect(environment),
        environment.bigquery_dataset,
        load_sources(environment.sources_file),
        Budget(environment.monthly_budget_usd, environment.bigquery_max_bytes, spent_before),
        final_after_days=load_metrics(environment.metrics_file).final_after_days,
        run=run,
        say=say,
        storage=storage_client(environment),
    ) as warehouse:
        yield warehouse
