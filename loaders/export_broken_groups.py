"""Where a Parquet export is broken, by DuckDB's own judgement: the footer, or a row group and its column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import duckdb

from loaders.event_days import DAYS, is_day, say_undated
from loaders.export_files import FileKind, places, shown
from loaders.exports import Field, export_schema

_READ = "read_parquet($path, hive_partitioning = false, file_row_number = true)"
_VECTOR = 2_048
_SHOWN = 60
# What DuckDB raises for a file; of text that is no UTF-8, Python raises it.
_REFUSALS = (duckdb.Error, UnicodeDecodeError)


def describe_footer(path: Path, error: Exception) -> str:
    """One sentence on a Parquet file whose footer cannot be read."""
    text = str(error)
    if "encrypted" in text:
        return f"{shown(path)} cannot be read as Parquet: it is encrypted; export it without encryption."
    if "magic bytes" in text or "too small" in text:
        return f"{shown(path)} cannot be read as Parquet: it was cut off or has no footer; copy or export it again."
    return f"{shown(path)} cannot be read as Parquet: its footer is damaged; copy or export it again."


def describe_broken_group(path: Path, schema: str) -> str:
    """One sentence on the first column that cannot be read, and in which row group."""
    with places([path], FileKind.PARQUET) as found:
        place = found[path]
        try:
            with duckdb.connect() as connection:
                present = _describe(connection, place)
                sizes = _group_sizes(connection, place)
        except _REFUSALS as error:
            return describe_footer(path, error)
        for field in export_schema(schema):
            failure = _first_failure(place, field) if field.name in present else None
            if failure:
                return _describe_column(path, field, present[field.name], sizes, *failure)
    return f"{shown(path)} cannot be read as Parquet: it is damaged, or changed meanwhile; copy or export it again."


def find_undated_row(path: Path, schema: str) -> str | None:
    """One sentence on the first row with an event whose date is no day, if there is one."""
    field = next(field for field in export_schema(schema) if field.name in DAYS[schema])
    with places([path], FileKind.PARQUET) as found, duckdb.connect() as connection:
        if field.name not in _describe(connection, found[path]):
            return f"{shown(path)} has no column {field.name}, so its events have no day; export it again."
        row = connection.execute(
            f"SELECT number, day FROM (SELECT number, unnest({DAYS[schema]}) AS day FROM ("
            f'SELECT file_row_number + 1 AS number, CAST("{field.name}" AS {field.duckdb_type}) AS "{field.name}" '
            f"FROM {_READ})) WHERE {is_day('day')} IS NOT TRUE ORDER BY 1 LIMIT 1",
            {"path": found[path]},
        ).fetchone()
    return f"{shown(path)}, row {row[0]}: {say_undated(row[1], schema)}" if row else None


def _describe(connection: duckdb.DuckDBPyConnection, place: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {_READ}", {"path": place}).fetchall()
    return {row[0]: row[1] for row in rows}


def _group_sizes(connection: duckdb.DuckDBPyConnection, place: str) -> list[int]:
    query = (
        "SELECT any_value(row_group_num_rows) FROM parquet_metadata($path) GROUP BY row_group_id ORDER BY row_group_id"
    )
    return [row[0] for row in connection.execute(query, {"path": place}).fetchall()]


def _first_failure(place: str, field: Field) -> tuple[int, Exception] | None:
    """After how many rows reading the column fails, and how. In one thread, rows come in the file's order."""
    good = 0
    query = f'SELECT CAST("{field.name}" AS {field.duckdb_type}) FROM {_READ}'
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            for batch in connection.sql(query, params={"path": place}).to_arrow_reader(_VECTOR):
                good += batch.num_rows
    except (*_REFUSALS, OSError, ValueError) as error:
        return good, error
    return None


def _describe_column(path: Path, field: Field, kind: str, sizes: Sequence[int], good: int, error: Exception) -> str:
    ends = list(accumulate(sizes))
    group = min(bisect_right(ends, good), len(ends) - 1) + 1
    where = f"{shown(path)} cannot be read as Parquet: row group {group} of {len(sizes)}, {field.name}"
    text = str(error)
    value = re.search(r"with value (.{1,60}) can't be cast because the value is out of range", text)
    if value:
        return f"{where} is {value[1]}, which is out of range for {_short(field.duckdb_type)}; export it again."
    if re.search("Conversion Error|Unimplemented type|Binder Error|Cannot cast", text):
        return f"{where} is {_short(kind)}, which does not fit {_short(field.duckdb_type)}; export it again."
    return f"{where}: its data is damaged; copy or export it again."


def _short(kind: str) -> str:
    return kind if len(kind) <= _SHOWN else kind[:_SHOWN] + "…"
