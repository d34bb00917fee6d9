"""Where a Parquet export is broken, by DuckDB's own judgement: the footer, or a row group and its column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from loaders.event_days import DAYS, is_day, say_undated
from loaders.export_files import FileKind, places, shown
from loaders.exports import Field, export_schema
from loaders.trial import REFUSALS, trial

_READ = "read_parquet($path, hive_partitioning = false, file_row_number = true)"
_SHOWN = 60


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
            present = trial().run(lambda connection: _describe(connection, place))
            sizes = trial().run(lambda connection: _group_sizes(connection, place))
        except REFUSALS as error:
            return describe_footer(path, error)
        for field in export_schema(schema):
            failure = _failure(place, field) if field.name in present else None
            if failure:
                where = f"{shown(path)} cannot be read as Parquet: {_broken_group(place, field, sizes)}{field.name}"
                return f"{where}{_why(failure, field, present[field.name])}"
    return f"{shown(path)} cannot be read as Parquet: it is damaged, or changed meanwhile; copy or export it again."


def find_undated_row(path: Path, schema: str) -> str | None:
    """One sentence on the first row with an event whose date is no day, if there is one."""
    field = next(field for field in export_schema(schema) if field.name in DAYS[schema])
    with places([path], FileKind.PARQUET) as found:
        place = found[path]
        if field.name not in trial().run(lambda connection: _describe(connection, place)):
            return f"{shown(path)} has no column {field.name}, so its events have no day; export it again."
        query = (
            f"SELECT number, day FROM (SELECT number, unnest({DAYS[schema]}) AS day FROM ("
            f'SELECT file_row_number + 1 AS number, CAST("{field.name}" AS {field.duckdb_type}) AS "{field.name}" '
            f"FROM {_READ})) WHERE {is_day('day')} IS NOT TRUE ORDER BY 1 LIMIT 1"
        )
        undated = trial().run(lambda connection: connection.execute(query, {"path": place}).fetchall())
    if not undated:
        return None
    number, day = undated[0]
    return f"{shown(path)}, row {number}: {say_undated(day, schema)}"


def _describe(connection: duckdb.DuckDBPyConnection, place: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {_READ}", {"path": place}).fetchall()
    return {row[0]: row[1] for row in rows}


def _group_sizes(connection: duckdb.DuckDBPyConnection, place: str) -> list[int]:
    query = (
        "SELECT any_value(row_group_num_rows) FROM parquet_metadata($path) GROUP BY row_group_id ORDER BY row_group_id"
    )
    return [row[0] for row in connection.execute(query, {"path": place}).fetchall()]


def _broken_group(place: str, field: Field, sizes: Sequence[int]) -> str:
    """The first row group that cannot be read alone; DuckDB skips the others by their row numbers."""
    end = 0
    for number, size in enumerate(sizes, 1):
        start, end = end, end + size
        if _failure(place, field, f"WHERE file_row_number >= {start} AND file_row_number < {end}"):
            return f"row group {number} of {len(sizes)}, "
    return ""


def _failure(place: str, field: Field, where: str = "") -> Exception | None:
    """How reading the column fails, if it does."""
    query = f'SELECT CAST("{field.name}" AS {field.duckdb_type}) FROM {_READ} {where}'

    def drain(connection: duckdb.DuckDBPyConnection) -> None:
        for _ in connection.sql(query, params={"path": place}).to_arrow_reader():
            pass

    try:
        trial().run(drain)
    except (*REFUSALS, OSError, ValueError) as error:
        return error
    return None


def _why(error: Exception, field: Field, kind: str) -> str:
    text = str(error)
    value = re.search(r"with value (.{1,60}) can't be cast because the value is out of range", text)
    if value:
        return f" is {value[1]}, which is out of range for {_short(field.duckdb_type)}; export it again."
    if re.search("Conversion Error|Unimplemented type|Binder Error|Cannot cast", text):
        return f" is {_short(kind)}, which does not fit {_short(field.duckdb_type)}; export it again."
    return ": its data is damaged; copy or export it again."


def _short(kind: str) -> str:
    return kind if len(kind) <= _SHOWN else kind[:_SHOWN] + "…"
