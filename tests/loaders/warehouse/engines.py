"""Both engines behind one bench: an export is delivered to it, tables are computed on it."""

import datetime as dt
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from google.cloud import bigquery

from loaders.errors import WarehouseError
from loaders.ingest import ingest
from loaders.sources import Source, name_source
from loaders.warehouse import Warehouse
from loaders.warehouse.bigquery import BigQueryWarehouse
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_client import connect
from loaders.warehouse.bigquery_jobs import Patience
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment
from tests.pipeline import write_file

__all__ = ["Bench", "BigQueryBench", "DuckDBBench", "WarehouseError", "event", "warehouse_at"]

Row = dict[str, Any]


def event(user: str, day: dt.date, platform: str = "IOS") -> Row:
    return {"event_date": f"{day:%Y%m%d}", "event_name": "visit", "user_pseudo_id": user, "platform": platform}


class Bench(Protocol):
    warehouse: Warehouse
    sources: dict[str, Source]

    def deliver(self, source: str, day: dt.date, rows: Sequence[Row]) -> None:
        """Puts a day of the source's export where the warehouse reads it, in place of the day that is there."""
        ...


class DuckDBBench:
    def __init__(self) -> None:
        self.warehouse = DuckDBWarehouse(Path(":memory:"))
        self.sources = {name: name_source(name, Source(schema="ga4"), "test") for name in ("android", "ios")}

    def deliver(self, source: str, day: dt.date, rows: Sequence[Row]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            ingest(self.warehouse, [write_file(Path(folder) / "a.ndjson", rows)], self.sources[source])


EXPORT = [bigquery.SchemaField(name, "STRING") for name in ("event_date", "event_name", "user_pseudo_id", "platform")]


class BigQueryBench:
    """Datasets of their own in the emulator's project."""

    def __init__(self, endpoint: str) -> None:
        mark = secrets.token_hex(4)
        self.client = client_at(endpoint)
        self.dataset = f"groundup_{mark}"
        self.sources = {}
        for name in ("android", "ios"):
            dataset = f"acme.analytics_{name}_{mark}"
            self.client.create_dataset(dataset)
            self.sources[name] = name_source(name, Source(schema="ga4", dataset=dataset), "test")
        self.warehouse = warehouse_at(self.client, self.sources, self.dataset)

    def deliver(self, source: str, day: dt.date, rows: Sequence[Row]) -> None:
        config = bigquery.LoadJobConfig(schema=EXPORT, write_disposition="WRITE_TRUNCATE")
        place = f"{self.sources[source].dataset}.events_{day:%Y%m%d}"
        # The emulator keeps the time of a table's making as that of its last change; BigQuery moves it.
        self.client.delete_table(place, not_found_ok=True)
        self.client.load_table_from_json([dict(row) for row in rows], place, job_config=config).result()


def client_at(endpoint: str) -> bigquery.Client:
    return connect(Environment(warehouse="bigquery", bigquery_project="acme", bigquery_endpoint=endpoint))


def warehouse_at(
    client: bigquery.Client,
    sources: dict[str, Source],
    dataset: str = "groundup",
    *,
    budget: Budget | None = None,
    patience: Patience | None = None,
    **more: Any,
) -> BigQueryWarehouse:
    """A warehouse on that client that may spend $50."""
    return BigQueryWarehouse(
        client,
        dataset,
        sources,
        budget or Budget(50.0, 2**40, lambda: 0.0),
        final_after_days=3,
        run="20260301T000000-test",
        patience=patience or Patience(),
        **more,
    )
