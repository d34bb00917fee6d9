"""The embedded warehouse: one DuckDB file that runs the same GoogleSQL as BigQuery does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from loaders.catalog import Table
from loaders.errors import WarehouseError
from loaders.metrics import Setting
from loaders.warehouse import DailyTable, DayRow, Partition, Slot, Spent, Stamp, Value
from loaders.warehouse.duckdb_errors import condition, refused
from loaders.warehouse.duckdb_file import fresh_file, open_file, put_in_place
from loaders.warehouse.duckdb_translations import kept_translation

_TYPES = {
    "DATE": "DATE",
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMP",
    "ARRAY<STRUCT<key STRING, value STRING>>": 'STRUCT("key" VARCHAR, "value" VARCHAR)[]',
}

# Noted in the file when something was deleted that must not even be left in its free blocks.
_REWRITE = "rewrite"


class DuckDBWarehouse:
    """The embedded warehouse on a file; implements `loaders.warehouse.Warehouse`."""

    no_data = "There is no data yet; ingest an export by `groundup ingest FILE…` or make one by `groundup demo`."

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens the file, made when missing. Raises WarehouseError when it cannot be used."""
        self.connection = open_file(path, read_only=read_only)
        self._path = path
        self._read_only = read_only

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        # Between transactions the file is read; that may fail too.
        if isinstance(error, duckdb.Error):
            raise refused(error, self._path) from error

    def close(self) -> None:
        """Closes the file; nothing that was committed is lost."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Everything inside happens, or nothing of it. Raises WarehouseError for what DuckDB refuses."""
        try:
            self.connection.execute("BEGIN")
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            # DuckDB's own word for Ctrl-C.
            if "interrupted" in str(error).lower() and isinstance(error, RuntimeError | duckdb.Error):
                raise KeyboardInterrupt from error
            if isinstance(error, duckdb.Error):
                raise refused(error, self._path) from error
            raise

    def _roll_back(self) -> None:
        try:
            self.connection.execute("ROLLBACK")
        except duckdb.FatalException:
            # DuckDB shuts a database after an error of its own (a hostile Parquet file brings one about); what was
            # committed is in the file.
            self._reopen()
        except duckdb.Error:
            # There is no transaction left to roll back.
            return

    def _reopen(self) -> None:
        if str(self._path) == ":memory:":
            return
        self.connection.close()
        self.connection = open_file(self._path, read_only=self._read_only)

    def wish_rewrite(self) -> None:
        """Notes, in the open transaction, that the file must be written anew; the note goes when that has been done."""
        self.connection.execute("INSERT OR IGNORE INTO groundup.wishes VALUES (?)", [_REWRITE])

    def rewrite_if_wished(self) -> bool:
        """Writes the file anew when that is due, and gives whether it was. Raises WarehouseError."""
        due = self.connection.execute("SELECT 1 FROM groundup.wishes WHERE name = ?", [_REWRITE]).fetchone()
        if not due or str(self._path) == ":memory:":
            return False
        self._rewrite()
        return True

    def _rewrite(self) -> None:
        """What was deleted is only marked as such in the file; it is not copied to the new one."""
        fresh = fresh_file(self._path)
        name = self.connection.execute("SELECT current_database()").fetchone()
        try:
            self.connection.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
            self.connection.execute(f'COPY FROM DATABASE "{name[0] if name else ""}" TO fresh')
            self.connection.execute("DELETE FROM fresh.groundup.wishes WHERE name = ?", [_REWRITE])
            self.connection.execute("DETACH fresh")
            # The old one's log is of no use to the new one.
            self.connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            raise WarehouseError(
                f"The warehouse {self._path} could not be written anew ({str(error).splitlines()[0]}); "
                "make room beside it, then run `groundup load`, which tries again."
            ) from error
        self.connection.close()
        put_in_place(fresh, self._path)
        self.connection = open_file(self._path)

    # What is known of the tables

    def sources(self) -> dict[str, tuple[str, str]]:
        """Source → (export schema, time zone) of everything that was ingested."""
        rows = self.connection.execute("SELECT name, export_schema, timezone FROM groundup.sources").fetchall()
        return {name: (schema, timezone) for name, schema, timezone in rows}

    def daily_tables(self) -> Sequence[DailyTable]:
        """The ingested days of all sources, oldest first."""
        rows = self.connection.execute(
            "SELECT source, date, version, rows, modified_at FROM groundup.export_days ORDER BY date, source"
        ).fetchall()
        return [DailyTable(*row) for row in rows]

    def partitions(self, table: str) -> Mapping[Slot, Partition]:
        """The partitions of a computed table; none when it has not been made."""
        rows = self.connection.execute(
            "SELECT date, source, code, inputs, version, rows FROM groundup.partitions WHERE table_name = ?", [table]
        ).fetchall()
        return {
            Slot(date, source): Partition(Stamp(code, inputs), version, count)
            for date, source, code, inputs, version, count in rows
        }

    def days(self) -> Sequence[DayRow]:
        """The calendar that `write_days` wrote last."""
        rows = self.connection.execute(
            "SELECT date, source, modified_at, rows, final_at FROM days ORDER BY date, source"
        ).fetchall()
        return [DayRow(*row) for row in rows]

    # Writing

    def write_days(self, days: Sequence[DayRow]) -> None:
        """Makes `days` exactly these rows."""
        rows = pa.table(
            {
                "date": pa.array([row.date for row in days], pa.date32()),
                "source": pa.array([row.source for row in days], pa.string()),
                "modified_at": pa.array([row.modified_at for row in days], pa.timestamp("us")),
                "rows": pa.array([row.rows for row in days], pa.int64()),
                "final_at": pa.array([row.final_at for row in days], pa.timestamp("us")),
            }
        )
        with self.transaction() as connection:
            connection.register("new_days", rows)
            connection.execute("DELETE FROM days")
            connection.execute("INSERT INTO days SELECT * FROM new_days")
            connection.unregister("new_days")

    def prepare(self, table: Table) -> None:
        """Makes the table where it is missing."""
        with self.transaction():
            self._ensure(table)

    def replace(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:
        """Computes the partitions of these consecutive days anew, in place of what they held."""
        start, end = min(stamps), max(stamps)
        values: dict[str, Value] = {"start_date": start, "end_date": end, "source": source, **table.parameters}
        with self.transaction() as connection:
            self._ensure(table)
            place = f'"{table.partition}" BETWEEN $start_date AND $end_date'
            limits: dict[str, Value] = {"start_date": start, "end_date": end}
            if table.per_source:
                place += " AND source = $source"
                limits["source"] = source
            connection.execute(f"DELETE FROM {table.name} WHERE {place}", limits)
            self._insert(table, schema, source, values)
            # Content is compared only where a day reaches onwards: elsewhere, what was computed anew counts as changed.
            content = f"sum(hash({_columns(table)})::HUGEINT)::VARCHAR" if table.onwards else "NULL"
            counted = connection.execute(
                f'SELECT "{table.partition}", count(*), {content} FROM {table.name} WHERE {place} GROUP BY 1', limits
            ).fetchall()
            found = {day: (count, version) for day, count, version in counted}
            connection.execute(
                "DELETE FROM groundup.partitions WHERE table_name = ? AND source = ? AND date BETWEEN ? AND ?",
                [table.name, source, start, end],
            )
            rows = []
            for day, stamp in stamps.items():
                count, version = found.get(day, (0, "empty" if table.onwards else None))
                stamped = f"{stamp.code}.{stamp.inputs}"
                rows.append((table.name, source, day, stamp.code, stamp.inputs, version or stamped, count))
            _insert_partitions(connection, rows)
        return Spent(sum(count for count, _ in found.values()))

    def estimate(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:  # noqa: ARG002
        """Nothing: nobody bills what is read on this machine."""
        return Spent(0)

    def retire(self, table: Table, slots: Collection[Slot]) -> None:
        """Removes partitions that no longer have a place."""
        with self.transaction() as connection:
            for slot in slots:
                place, values = f'"{table.partition}" = ?', [slot.date]
                if table.per_source:
                    connection.execute(
                        f"DELETE FROM {table.name} WHERE {place} AND source = ?",
                        [*values, slot.source],
                    )
                else:
                    connection.execute(f"DELETE FROM {table.name} WHERE {place}", values)
                connection.execute(
                    "DELETE FROM groundup.partitions WHERE table_name = ? AND source = ? AND date = ?",
                    [table.name, slot.source, slot.date],
                )

    # Reading

    def rows(self, table: Table, start: dt.date, end: dt.date) -> pa.RecordBatchReader:
        """The rows of a report between two days, both included, in the order of its columns."""
        order = ", ".join(f'"{name}"' for name in table.key)
        place = f'"{table.partition}" BETWEEN $start AND $end'
        return self.connection.sql(
            f"SELECT {_columns(table)} FROM {table.name} WHERE {place} ORDER BY {order}",
            params={"start": start, "end": end},
        ).to_arrow_reader(65_536)

    def read_cost(self) -> Spent:
        """Nothing: what lies on this machine is read for free."""
        return Spent(0)

    def read(self, google_sql: str, values: Mapping[str, Value] | None = None, source: str = "") -> pa.Table:
        """The result of a GoogleSQL query. Raises WarehouseError when it is refused."""
        translation = kept_translation(self.connection, google_sql, source, types(values or {}))
        try:
            parameters = bind(translation.parameters, values or {})
            return self.connection.sql(translation.sql, params=parameters).to_arrow_table()
        except duckdb.Error as error:
            raise condition(error, self._path) or WarehouseError(
                f"A query was refused ({str(error).splitlines()[0]}); correct it."
            ) from error

    def _ensure(self, table: Table) -> None:
        wanted = [(column.name, _TYPES[column.type]) for column in table.columns]
        existing = self._shape(table.name)
        if existing == wanted:
            return
        columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted)
        self.connection.execute(f"CREATE OR REPLACE TABLE {table.name} ({columns})")
        # Another shape is another table: whatever was computed in the old one is gone.
        self.connection.execute("DELETE FROM groundup.partitions WHERE table_name = ?", [table.name])

    def _shape(self, name: str) -> list[tuple[str, str]]:
        """The columns of a table with their types; none where there is no table."""
        known = self.connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = ?", [name]
        ).fetchone()
        # The catalogue's views of columns answer ten times as slowly: they look into every table.
        described = self.connection.execute(f"DESCRIBE main.{name}").fetchall() if known else []
        return [(column, kind) for column, kind, *_ in described]

    def _insert(self, table: Table, schema: str, source: str, values: Mapping[str, Value]) -> None:
        translation = kept_translation(self.connection, table.sql(schema), source, types(values))
        try:
            self.connection.execute(
                f"INSERT INTO {table.name} BY NAME {translation.sql}", bind(translation.parameters, values)
            )
        except duckdb.Error as error:
            broken = condition(error, self._path)
            if broken:
                raise broken from error
            query = table.folder / (f"{schema}.sql" if table.per_source else "query.sql")
            reason = str(error).splitlines()[0]
            raise WarehouseError(f"{query} was refused ({reason}); correct it. The table is as before.") from error


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _insert_partitions(connection: duckdb.DuckDBPyConnection, rows: Sequence[tuple[object, ...]]) -> None:
    # One statement for all: DuckDB takes a while for each.
    connection.execute(
        f"INSERT INTO groundup.partitions VALUES {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(rows))}",
        [value for row in rows for value in row],
    )


def types(values: Mapping[str, Value]) -> dict[str, str]:
    """The GoogleSQL types of the parameters that are settings."""
    return {name: value.type for name, value in values.items() if isinstance(value, Setting)}


def bind(names: Collection[str], values: Mapping[str, Value]) -> dict[str, Any]:
    """The values of the parameters that a statement names. Raises WarehouseError for a missing one."""
    missing = set(names) - set(values)
    if missing:
        raise WarehouseError(f"A query names @{sorted(missing)[0]}, which its declaration does not give; declare it.")
    return {name: _bound(values[name]) for name in names}


def _bound(value: Value) -> object:
    plain = value.value if isinstance(value, Setting) else value
    return list(plain) if isinstance(plain, tuple) else plain


def new_version() -> str:
    """A version that no other write has."""
    return uuid.uuid4().hex[:16]
