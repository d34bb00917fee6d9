"""The statements of a night's load at BigQuery, as the engine sends them, taken down by a server that runs no SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from loaders.catalog import Catalog, Table
from loaders.compute import compute, report_versions
from loaders.day_calendar import make_calendar
from loaders.decisions import runs_to_store
from loaders.metrics import Metrics
from loaders.plan import Request
from loaders.sources import Source, name_source
from loaders.versions import Versions
from loaders.warehouse.bigquery import BigQueryWarehouse
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_client import connect
from settings.environment import Environment
from tests.bigquery.fake import Answer, FakeBigQuery, running_fake

DATASET = "acme.analytics_1"
EXPORT_TABLE = f"{DATASET}.events_*"
_RUN = "20260401T000000-cost"


@dataclass(frozen=True)
class Sent:
    """A statement as BigQuery got it, and the table that the job was for."""

    table: str
    sql: str
    parameters: Mapping[str, Any]


class Nights:
    """A company's nights: daily tables arrive or are restated, then a load runs."""

    def __init__(self, fake: FakeBigQuery, catalog: Catalog, metrics: Metrics) -> None:
        self._fake = fake
        self._catalog = catalog
        self._metrics = metrics
        declared = Source.model_validate({"schema": "ga4", "dataset": DATASET, "tables": "daily"})
        self._sources = {"app": name_source("app", declared, "the benchmark")}
        self._held: dict[str, Versions] = {}
        self._deliveries = 0

    def deliver(self, *days: dt.date) -> None:
        """Puts the days' tables there, or others in their place."""
        for day in days:
            self._deliveries += 1
            self._fake.put_table(DATASET.split(".")[1], f"events_{day:%Y%m%d}", size=self._deliveries)
        # Who came first on which day has changed by that.
        columns = [("day", "DATE"), ("row_count", "INTEGER"), ("content", "STRING")]
        rows = [[str(day), "1", f"content {self._deliveries}"] for day in days]
        self._fake.answers = [Answer("FARM_FINGERPRINT", columns, rows), *map(_nothing, self._catalog.reports)]

    def load(self) -> list[Sent]:
        """What a load sends to be run and billed, the reading of the reports for MySQL included."""
        before = len(self._fake.statements)
        environment = Environment(warehouse="bigquery", bigquery_project="acme", bigquery_endpoint=self._fake.address)
        budget = Budget(1e9, 2**60, lambda: 0.0)
        with BigQueryWarehouse(
            connect(environment),
            "groundup",
            self._sources,
            budget,
            final_after_days=self._metrics.final_after_days,
            run=f"{_RUN}{self._deliveries}",
        ) as warehouse:
            calendar = make_calendar(
                warehouse.daily_tables(), self._sources, self._sources, self._metrics.final_after_days
            )
            compute(warehouse, self._catalog, calendar, self._sources, Request())
            for report in self._catalog.reports:
                wanted = report_versions(warehouse, report)
                for run in runs_to_store(self._held.get(report.name, {}), wanted):
                    for _ in warehouse.rows(report, run.start, run.end):
                        pass
                self._held[report.name] = wanted
        return [
            Sent(
                each.body["configuration"]["labels"]["table"],
                each.config["query"],
                _values(each.config.get("queryParameters", [])),
            )
            for each in self._fake.statements[before:]
        ]


@contextmanager
def nights(catalog: Catalog, metrics: Metrics) -> Iterator[Nights]:
    """Nights of an app that has one export, before the first of them."""
    with running_fake() as fake:
        yield Nights(fake, catalog, metrics)


def _nothing(report: Table) -> Answer:
    """An answer without rows to who reads the report."""
    columns = [(column.name, column.type) for column in report.columns]
    return Answer(f"{', '.join(f'`{name}`' for name, _ in columns)}\nFROM `{report.name}`\n", columns, [])


def _values(parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The scalar parameters of a request; lists are of no interest to partitions."""
    readers: Mapping[str, Callable[[str], Any]] = {"DATE": dt.date.fromisoformat, "INT64": int, "STRING": str}
    return {
        each["name"]: readers[each["parameterType"]["type"]](each["parameterValue"]["value"])
        for each in parameters
        if each["parameterType"]["type"] in readers
    }
