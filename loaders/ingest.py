"""Daily export files into the embedded warehouse: all files of one call together are their days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.errors import ExportFileError
from loaders.export_days import IngestedDay, by_day, register_days
from loaders.export_files import FileKind, check_schema, describe_failure, file_kind, find_row_without_day
from loaders.exports import Field, export_schema
from loaders.forget import leave_out_forgotten
from loaders.sources import Source
from loaders.warehouse.duckdb import DuckDBWarehouse, new_version

# Parquet files are read side by side, one a core; a few at a time so that the progress can be seen.
_FILES_AT_ONCE = 16
_IS_DAY = "(regexp_full_match(_TABLE_SUFFIX, '[0-9]{8}') AND try_strptime(_TABLE_SUFFIX, '%Y%m%d') IS NOT NULL)"


def ingest(
    warehouse: DuckDBWarehouse,
    files: Sequence[Path],
    source: Source,
    on_file: Callable[[Path], None] = lambda _: None,
    *,
    replace_source: bool = False,
) -> list[IngestedDay]:
    """Replaces the days that the files hold, or with `replace_source` all days of the source, in one transaction.

    Raises ExportFileError for a file that is not an export of the source's schema; the warehouse is then as before.
    """
    kinds = {path: file_kind(path) for path in files}
    for path, kind in kinds.items():
        check_schema(path, kind, source.export_schema)
    fields = export_schema(source.export_schema)
    version = new_version()
    try:
        with warehouse.transaction() as connection:
            _declare(connection, source, fields)
            for batch in _batches(connection, kinds):
                _append(connection, batch, source, fields, version)
                for path in batch.paths:
                    on_file(path)
            return _replace_days(connection, source, version, whole=replace_source)
    except _UndatedRowError:
        raise _undated(kinds, source.export_schema) from None


def remove_source(warehouse: DuckDBWarehouse, name: str) -> int:
    """Removes a source and all its days; gives the number of days. The next load restates what that changes."""
    with warehouse.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM groundup.export_days WHERE source = ?", [name]).fetchone()
        connection.execute("DELETE FROM groundup.export_days WHERE source = ?", [name])
        connection.execute("DELETE FROM groundup.sources WHERE name = ?", [name])
        connection.execute(f'DROP TABLE IF EXISTS exports."{name}"')
    return row[0] if row else 0


class _UndatedRowError(Exception):
    """A row's event_date is no day; which one is found out afterwards, in the files."""


def _declare(connection: duckdb.DuckDBPyConnection, source: Source, fields: Sequence[Field]) -> None:
    known = connection.execute("SELECT export_schema FROM groundup.sources WHERE name = ?", [source.name]).fetchone()
    if known and known[0] != source.export_schema:
        raise ExportFileError(
            f"The source {source.name!r} holds exports of schema {known[0]}, not {source.export_schema}; "
            "give these files another source by --source."
        )
    columns = ", ".join(f'"{field.name}" {field.duckdb_type}' for field in fields)
    connection.execute(
        f'CREATE TABLE IF NOT EXISTS exports."{source.name}" '
        f"(_TABLE_SUFFIX VARCHAR, _delivered VARCHAR, _version VARCHAR, {columns})"
    )
    connection.execute(
        "INSERT OR REPLACE INTO groundup.sources VALUES (?, ?, ?)", [source.name, source.export_schema, source.timezone]
    )


@dataclass(frozen=True)
class _Batch:
    """Files that one statement reads: a JSON file alone, or Parquet files of one and the same schema."""

    kind: FileKind
    paths: tuple[Path, ...]
    # The files' own columns with their types; of Parquet files only.
    present: tuple[tuple[str, str], ...] = ()


def _batches(connection: duckdb.DuckDBPyConnection, kinds: dict[Path, FileKind]) -> Iterator[_Batch]:
    parquet: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for path, kind in kinds.items():
        if kind is FileKind.PARQUET:
            parquet.setdefault(_describe_parquet(connection, path), []).append(path)
        else:
            yield _Batch(kind, (path,))
    for present, paths in parquet.items():
        for start in range(0, len(paths), _FILES_AT_ONCE):
            yield _Batch(FileKind.PARQUET, tuple(paths[start : start + _FILES_AT_ONCE]), present)


def _append(
    connection: duckdb.DuckDBPyConnection, batch: _Batch, source: Source, fields: Sequence[Field], version: str
) -> None:
    if batch.kind is FileKind.PARQUET:
        present = dict(batch.present)
        columns = ", ".join(_parquet_column(field, present) for field in fields)
        relation = "read_parquet($paths, filename = true)"
    else:
        columns = ", ".join(f'"{field.name}"' for field in fields)
        types = ", ".join(f"'{field.name}': '{field.duckdb_type}'" for field in fields)
        compression = "gzip" if batch.kind is FileKind.GZIP_JSON else "none"
        relation = (
            f"read_json($paths, columns = {{{types}}}, format = 'newline_delimited', compression = '{compression}', "
            "filename = true)"
        )
    query = by_day(source.export_schema, f"SELECT {columns}, filename FROM {relation}", fields)
    try:
        connection.execute(f'INSERT INTO exports."{source.name}" {query}', _parameters(batch.paths, version))
    except (duckdb.Error, UnicodeDecodeError) as error:
        path, reason = _culprit(batch, query, version, error)
        raise ExportFileError(describe_failure(path, batch.kind, source.export_schema, reason)) from error


def _parameters(paths: Sequence[Path], version: str) -> dict[str, object]:
    return {"paths": [str(path) for path in paths], "version": version}


def _culprit(batch: _Batch, query: str, version: str, error: Exception) -> tuple[Path, Exception]:
    """The file that failed and why; of several, each is read alone, outside the transaction that has failed."""
    for path in batch.paths if len(batch.paths) > 1 else ():
        try:
            duckdb.connect().execute(f"CREATE TABLE trial AS {query}", _parameters([path], version))
        except duckdb.Error as own:
            return path, own
    return batch.paths[0], error


def _describe_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[str, str], ...]:
    rows = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    return tuple((row[0], row[1]) for row in rows)


def _parquet_column(field: Field, present: dict[str, str]) -> str:
    """The column as the schema has it: by name at every depth, NULL where the file has none."""
    if field.name not in present:
        return f'NULL::{field.duckdb_type} AS "{field.name}"'
    if present[field.name].replace('"', "") == field.duckdb_type.replace('"', ""):
        return f'"{field.name}"'
    return f'CAST("{field.name}" AS {field.duckdb_type}) AS "{field.name}"'


def _replace_days(
    connection: duckdb.DuckDBPyConnection, source: Source, version: str, *, whole: bool
) -> list[IngestedDay]:
    table = f'exports."{source.name}"'
    undated = connection.execute(
        f"SELECT 1 FROM {table} WHERE _version = ? AND {_IS_DAY} IS NOT TRUE LIMIT 1", [version]
    ).fetchone()
    if undated:
        raise _UndatedRowError
    if not connection.execute(f"SELECT 1 FROM {table} WHERE _version = ? LIMIT 1", [version]).fetchone():
        raise ExportFileError("There is no event in what was given; nothing was changed. Check the files.")
    # Before anybody is left out: a delivery of nobody but the forgotten replaces what it brought before, too.
    deliveries = [
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT _delivered FROM {table} WHERE _version = ?", [version]
        ).fetchall()
    ]
    leave_out_forgotten(connection, source.name, source.export_schema, version)
    limits: dict[str, object] = {"version": version}
    replaced = "TRUE"
    if not whole:
        replaced = "_delivered IN (SELECT unnest($deliveries::VARCHAR[]))"
        limits["deliveries"] = deliveries
    touched = connection.execute(
        f"SELECT DISTINCT _TABLE_SUFFIX FROM {table} WHERE {replaced} OR _version = $version", limits
    ).fetchall()
    connection.execute(f"DELETE FROM {table} WHERE _version <> $version AND {replaced}", limits)
    return register_days(connection, source.name, source.export_schema, [row[0] for row in touched])


def _undated(kinds: dict[Path, FileKind], schema: str) -> ExportFileError:
    for path, kind in kinds.items():
        place = find_row_without_day(path, kind, schema)
        if place:
            return ExportFileError(place)
    return ExportFileError("An event has no date of the form YYYYMMDD; correct the file.")
