"""Export rows through the product into its tables, and those beside the reference's."""

import gzip
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.catalog import Catalog, Table
from loaders.compute import Step, compute
from loaders.day_calendar import make_calendar
from loaders.exports import export_schema
from loaders.forget import forget
from loaders.ingest import ingest
from loaders.plan import Request, asked_reports
from loaders.run import Inputs
from loaders.run import load as run_load
from loaders.sources import Source, name_source
from loaders.store.query import ask
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment
from tests import definitions, reference
from tests.arrow_types import export_type
from tests.comparison import differences

Row = Mapping[str, Any]


def schema_of(row: Row) -> str:
    """Which export a row belongs to: an event of today's, or a bundle of events of 2017."""
    return "firebase" if "user_dim" in row or "event_dim" in row else "ga4"


def write_file(path: Path, rows: Sequence[Row]) -> Path:
    """The rows as a daily export file, in the format that the path's name ends with."""
    if path.suffix == ".parquet":
        fields = [field for field in export_schema(schema_of(rows[0])) if any(field.name in row for row in rows)]
        schema = pa.schema([(field.name, export_type(field)) for field in fields])
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), path)
        return path
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(lines, 1) if path.suffix == ".gz" else lines)
    return path


class Pipeline:
    """An embedded warehouse of its own, filled by files and computed on demand."""

    def __init__(self, path: Path = Path(":memory:")) -> None:
        self.warehouse = DuckDBWarehouse(path)
        self.sources: dict[str, Source] = {}
        self.catalog = definitions.catalog()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.warehouse.close()

    def ingest_rows(self, source: str, files: Mapping[str, Sequence[Row]], *, replace_source: bool = False) -> None:
        """Ingest the rows of each named file, all in one call."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [write_file(Path(folder) / name, rows) for name, rows in files.items()]
            schema = schema_of(next(row for rows in files.values() for row in rows))
            self.ingest_files(source, paths, schema=schema, replace_source=replace_source)

    def ingest_files(
        self, source: str, paths: Sequence[Path], *, schema: str = "ga4", replace_source: bool = False
    ) -> None:
        named = name_source(source, Source.model_validate({"schema": schema}), "the test")
        self.sources[source] = named
        ingest(self.warehouse, paths, named, replace_source=replace_source)

    def load(self, request: Request | None = None, chosen: reference.Definitions | None = None) -> list[Step]:
        """Bring the tables up to date under these definitions, and tell what was done for it."""
        self.catalog = definitions.catalog(chosen)
        final_after_days = definitions.metrics(chosen).final_after_days
        request = request or Request()
        calendar = make_calendar(request.delivered(self.warehouse.daily_tables()), self.sources, (), final_after_days)
        return compute(self.warehouse, self.catalog, calendar, self.sources, request)

    def load_store(
        self,
        environment: Environment,
        request: Request | None = None,
        chosen: reference.Definitions | None = None,
    ) -> None:
        """Bring the tables up to date under these definitions, and MySQL after them."""
        self.catalog = definitions.catalog(chosen)
        inputs = Inputs(self.catalog, definitions.metrics(chosen), self.sources)
        run_load(environment, self.warehouse, inputs, request or Request())

    def forget(self, user_key: str) -> int:
        """Forget a person, and tell of how many days."""
        return forget(self.warehouse, self.catalog, user_key)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table."""
        columns = ", ".join(f"`{column.name}`" for column in self.catalog.tables[name].columns)
        return self.warehouse.read(f"SELECT {columns} FROM {name}").to_pylist()


def different_tables(clean: Pipeline, pipeline: Pipeline) -> list[str]:
    """Each cell of any declared table, those without a reference included, and of the calendar that differs."""
    lines = []
    for table in clean.catalog.tables.values():
        found = differences(clean.rows(table.name), pipeline.rows(table.name), table.key)
        lines += [f"{table.name}: {line}" for line in found]
    calendars = [
        [
            {"date": day.date, "source": day.source, "rows": day.rows, "missing": day.modified_at is None}
            for day in each.warehouse.days()
        ]
        for each in (clean, pipeline)
    ]
    return lines + [f"days: {line}" for line in differences(*calendars, key=("date", "source"))]


def store_rows(environment: Environment, table: Table) -> list[dict[str, Any]]:
    """All rows of a report as MySQL has them, read by the account that charts read with."""
    columns = ", ".join(f"`{column.name}`" for column in table.columns)
    answer = ask(environment, f"SELECT {columns} FROM `{table.name}`")
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def store_deviations(
    environment: Environment,
    catalog: Catalog,
    exports: reference.Exports,
    chosen: reference.Definitions | None = None,
    request: Request | None = None,
) -> list[str]:
    """Each cell of MySQL's report tables that is not what the reference counts, as far as the request goes."""
    log = reference.Log(exports, chosen)
    lines = []
    for table in asked_reports(catalog, request or Request()):
        expected = reference.rows_of(table.name, reference.TABLES[table.name](log))
        actual = store_rows(environment, table)
        found = differences(_asked(expected, table, request), _asked(actual, table, request), table.key)
        lines += [f"{table.name}: {line}" for line in found]
    return lines


def deviations(
    pipeline: Pipeline,
    exports: reference.Exports,
    chosen: reference.Definitions | None = None,
    request: Request | None = None,
) -> list[str]:
    """Each cell in which the warehouse deviates from what the reference counts in the same exports.

    After a request for less than everything, only what it asked for has to be right.
    """
    log = reference.Log(exports, chosen)
    lines = []
    if request in (None, Request()):
        found = differences(reference.events_flat(log), pipeline.rows("events_flat"))
        lines += [f"events_flat: {line}" for line in found]
    for name, count in reference.TABLES.items():
        if request in (None, Request()) or name in {table.name for table in asked_reports(pipeline.catalog, request)}:
            expected = reference.rows_of(name, count(log))
            table = pipeline.catalog.tables[name]
            actual = pipeline.rows(name)
            key = reference.KEYS[name]
            found = differences(_asked(expected, table, request), _asked(actual, table, request), key)
            lines += [f"{name}: {line}" for line in found]
    return lines


def _asked(rows: list[dict[str, Any]], table: Table, request: Request | None) -> list[dict[str, Any]]:
    return [row for row in rows if request is None or request.wants(row[table.partition])]
