"""Daily export files into the embedded warehouse: all files of one call together are their days."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb.sqltypes import DuckDBPyType

from loaders.errors import ExportFileError
from loaders.event_days import is_day
from loaders.export_check import check_schema
from loaders.export_days import IngestedDay, by_day, register_days
from loaders.export_failures import describe_failure, find_row_without_day
from loaders.export_files import FileKind, file_kind, places
from loaders.exports import Field, export_schema
from loaders.forget import leave_out_forgotten
from loaders.intraday import leave_out_open_days, require_right_tables
from loaders.sources import Source
from loaders.warehouse.duckdb import DuckDBWarehouse, new_version
from loaders.warehouse.duckdb_errors import concerns_warehouse
from loaders.warehouse.duckdb_exports import OWN_COLUMNS, delivered_fields, drop_rows, make_room, widest

# Parquet files are read side by side, one a core; a few at a time so that the progress can be seen.
_FILES_AT_ONCE = 16
# A day of some hundred thousand events.
_SMALL_BYTES = 4_000_000


def ingest(
    warehouse: DuckDBWarehouse,
    files: Sequence[Path],
    source: Source,
    on_file: Callable[[Path], None] = lambda _: None,
    *,
    replace_source: bool = False,
    now: dt.datetime | None = None,
) -> list[IngestedDay]:
    """Replaces the days that the files hold, or with `replace_source` all days of the source, in one transaction.

    Of an intraday export, days that are not over at the instant `now` are left out.
    Raises ExportFileError for a file that is not an export of the source's schema; the warehouse is then as before.
    """
    require_right_tables(files, source)
    kinds = {path: file_kind(path) for path in files}
    for path, kind in kinds.items():
        check_schema(path, kind, source.export_schema)
    fields = export_schema(source.export_schema)
    version = new_version()
    try:
        with warehouse.transaction() as connection:
            _declare(connection, source)
            batches = list(_batches(connection, kinds, fields))
            wanted = widest([batch.fields for batch in batches], fields)
            types = make_room(connection, source.name, source.export_schema, fields, wanted)
            for batch in batches:
                _append(connection, batch, source, types, version)
                for path in batch.paths:
                    on_file(path)
            now = now or dt.datetime.now(dt.UTC)
            return _replace_days(connection, source, version, now, whole=replace_source)
    except _UndatedRowError:
        raise _undated(kinds, source.export_schema) from None


def remove_source(warehouse: DuckDBWarehouse, name: str) -> int:
    """Removes a source and all its days; gives the number of days. The next load restates what that changes."""
    with warehouse.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM groundup.export_days WHERE source = ?", [name]).fetchone()
        connection.execute("DELETE FROM groundup.export_days WHERE source = ?", [name])
        connection.execute("DELETE FROM groundup.sources WHERE name = ?", [name])
        drop_rows(connection, name)
    return row[0] if row else 0


class _UndatedRowError(Exception):
    """A row's event_date is no day; which one is found out afterwards, in the files."""


def _declare(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    known = connection.execute("SELECT export_schema FROM groundup.sources WHERE name = ?", [source.name]).fetchone()
    if known and known[0] != source.export_schema:
        raise ExportFileError(
            f"The source {source.name!r} holds exports of schema {known[0]}, not {source.export_schema}; "
            "give these files another source by --source."
        )
    connection.execute(
        "INSERT OR REPLACE INTO groundup.sources VALUES (?, ?, ?)", [source.name, source.export_schema, source.timezone]
    )


@dataclass(frozen=True)
class _Batch:
    """Files that one statement reads: a JSON file alone, or Parquet files of one and the same schema."""

    kind: FileKind
    paths: tuple[Path, ...]
    # What of the export's schema the files have.
    fields: tuple[Field, ...]
    # The files' own columns with their types; of Parquet files only.
    present: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _batches(
    connection: duckdb.DuckDBPyConnection, kinds: dict[Path, FileKind], fields: Sequence[Field]
) -> Iterator[_Batch]:
    parquet: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    delivered: dict[tuple[tuple[str, str], ...], tuple[Field, ...]] = {}
    for path, kind in kinds.items():
        if kind is FileKind.PARQUET:
            types = _describe_parquet(connection, path)
            present = tuple((name, str(of)) for name, of in types.items())
            parquet.setdefault(present, []).append(path)
            delivered[present] = tuple(delivered_fields(fields, types))
        else:
            # Which fields a JSON file has is known only when it has been read.
            yield _Batch(kind, (path,), tuple(fields))
    for present, paths in parquet.items():
        for start in range(0, len(paths), _FILES_AT_ONCE):
            yield _Batch(
                FileKind.PARQUET, tuple(paths[start : start + _FILES_AT_ONCE]), delivered[present], dict(present)
            )


def _append(
    connection: duckdb.DuckDBPyConnection, batch: _Batch, source: Source, types: Mapping[str, str], version: str
) -> None:
    if batch.kind is FileKind.PARQUET:
        columns = ", ".join(_parquet_column(name, of, batch.present) for name, of in types.items())
        relation = "read_parquet($paths, filename = true, hive_partitioning = false)"
    else:
        columns = ", ".join(f'"{name}"' for name in types)
        declared = ", ".join(f"'{name}': '{of}'" for name, of in types.items())
        relation = (
            f"read_json($paths, columns = {{{declared}}}, format = 'newline_delimited', compression = 'none', "
            "filename = true, hive_partitioning = false)"
        )
    query = by_day(source.export_schema, f"SELECT {columns}, filename FROM {relation}", tuple(types))
    names = ", ".join([*OWN_COLUMNS, *(f'"{name}"' for name in types)])
    try:
        with places(batch.paths, batch.kind) as found, _fit_threads(connection, batch):
            connection.execute(
                f'INSERT INTO delivered."{source.name}" ({names}) {query}',
                {"paths": list(found.values()), "version": version},
            )
    except (duckdb.Error, UnicodeDecodeError) as error:
        if concerns_warehouse(error):
            raise
        path = _culprit(batch, query, version)
        raise ExportFileError(describe_failure(path, batch.kind, source.export_schema)) from error


@contextmanager
def _fit_threads(connection: duckdb.DuckDBPyConnection, batch: _Batch) -> Iterator[None]:
    """One thread for what fits into a row group: several would write a piece each, and put them together again."""
    if batch.kind is not FileKind.PARQUET or _size(batch.paths) > _SMALL_BYTES:
        yield
        return
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute("RESET threads")


def _size(paths: Sequence[Path]) -> int:
    try:
        return sum(path.stat().st_size for path in paths)
    except OSError:
        # What has vanished is named by who reads it.
        return 0


def _culprit(batch: _Batch, query: str, version: str) -> Path:
    """The file that failed; of several, each is read alone, outside the transaction that has failed."""
    for path in batch.paths if len(batch.paths) > 1 else ():
        try:
            with places([path], batch.kind) as found, duckdb.connect() as connection:
                connection.execute(f"CREATE TABLE trial AS {query}", {"paths": [found[path]], "version": version})
        except (duckdb.Error, UnicodeDecodeError):
            return path
    return batch.paths[0]


def _describe_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, DuckDBPyType]:
    with places([path], FileKind.PARQUET) as found:
        relation = connection.sql(
            "SELECT * FROM read_parquet($path, hive_partitioning = false)", params={"path": found[path]}
        )
        return dict(zip(relation.columns, relation.types, strict=True))


def _parquet_column(name: str, wanted: str, present: Mapping[str, str]) -> str:
    """The column as the table has it: by name at every depth, NULL where the file has none."""
    if name not in present:
        return f'NULL::{wanted} AS "{name}"'
    if present[name].replace('"', "") == wanted.replace('"', ""):
        return f'"{name}"'
    return f'CAST("{name}" AS {wanted}) AS "{name}"'


def _replace_days(
    connection: duckdb.DuckDBPyConnection, source: Source, version: str, now: dt.datetime, *, whole: bool
) -> list[IngestedDay]:
    table = f'delivered."{source.name}"'
    undated = connection.execute(
        f"SELECT 1 FROM {table} WHERE _version = ? AND {is_day('_TABLE_SUFFIX')} IS NOT TRUE LIMIT 1", [version]
    ).fetchone()
    if undated:
        raise _UndatedRowError
    still_open = leave_out_open_days(connection, source, version, now)
    if not connection.execute(f"SELECT 1 FROM {table} WHERE _version = ? LIMIT 1", [version]).fetchone():
        if still_open:
            raise ExportFileError(
                f"{still_open[0]} is not over yet in {source.timezone}, and nothing else was given; nothing was "
                "changed. Ingest it again when it is."
            )
        raise ExportFileError("There is no event in what was given; nothing was changed. Check the files.")
    # Before anybody is left out: a delivery of nobody but the forgotten replaces what it brought before, too.
    deliveries = [
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT _delivered FROM {table} WHERE _version = ?", [version]
        ).fetchall()
    ]
    leave_out_forgotten(connection, source.name, source.export_schema, version)
    # Written out, they let DuckDB pass over the row groups that hold none of them.
    replaced = "TRUE" if whole else f"_delivered IN ({', '.join('?' * len(deliveries))})"
    names = [] if whole else deliveries
    touched = connection.execute(
        f"SELECT DISTINCT _TABLE_SUFFIX FROM {table} WHERE {replaced} "
        f"UNION SELECT DISTINCT _TABLE_SUFFIX FROM {table} WHERE _version = ?",
        [*names, version],
    ).fetchall()
    connection.execute(f"DELETE FROM {table} WHERE _version <> ? AND {replaced}", [version, *names])
    return register_days(connection, source.name, source.export_schema, [row[0] for row in touched])


def _undated(kinds: dict[Path, FileKind], schema: str) -> ExportFileError:
    for path, kind in kinds.items():
        place = find_row_without_day(path, kind, schema)
        if place:
            return ExportFileError(place)
    return ExportFileError("An event has no date of the form YYYYMMDD; correct the file.")
