"""The embedded warehouse's file: opening it, and the tables in which it keeps what it knows of itself."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from loaders.errors import WarehouseBusyError, WarehouseError
from loaders.exports import export_schema
from loaders.warehouse.duckdb_errors import cannot_open
from loaders.warehouse.duckdb_exports import make_view
from loaders.warehouse.duckdb_functions import MACROS

# Raised when the file's own tables change; an older project must not write into a newer file.
FORMAT = 2

# `groundup status` looks into the file for a moment: so long a writer waits before it calls the file busy.
_PATIENCE_SECONDS = 2.0
_POLL_SECONDS = 0.05

_BOOKKEEPING = """
CREATE SCHEMA IF NOT EXISTS exports;
CREATE SCHEMA IF NOT EXISTS delivered;
CREATE SCHEMA IF NOT EXISTS groundup;
CREATE TABLE IF NOT EXISTS groundup.format (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS groundup.sources (
  name VARCHAR PRIMARY KEY, export_schema VARCHAR NOT NULL, timezone VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS groundup.export_days (
  source VARCHAR NOT NULL, date DATE NOT NULL, version VARCHAR NOT NULL, rows BIGINT NOT NULL,
  modified_at TIMESTAMP NOT NULL, PRIMARY KEY (source, date)
);
CREATE TABLE IF NOT EXISTS groundup.translations (
  key VARCHAR PRIMARY KEY, translator VARCHAR NOT NULL, sql VARCHAR NOT NULL, parameters VARCHAR[] NOT NULL
);
CREATE TABLE IF NOT EXISTS groundup.wishes (name VARCHAR PRIMARY KEY);
CREATE TABLE IF NOT EXISTS groundup.forgotten (user_key_sha256 VARCHAR PRIMARY KEY);
CREATE TABLE IF NOT EXISTS groundup.partitions (
  table_name VARCHAR NOT NULL, source VARCHAR NOT NULL, date DATE NOT NULL, code VARCHAR NOT NULL,
  inputs VARCHAR NOT NULL, version VARCHAR NOT NULL, rows BIGINT NOT NULL, PRIMARY KEY (table_name, source, date)
);
CREATE TABLE IF NOT EXISTS days (
  date DATE NOT NULL, source VARCHAR NOT NULL, modified_at TIMESTAMP, rows BIGINT NOT NULL, final_at TIMESTAMP NOT NULL
);
"""


def open_file(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse's file, made when missing. Raises WarehouseError when it cannot be used."""
    deadline = time.monotonic() + (0.0 if read_only else _PATIENCE_SECONDS)
    while True:
        try:
            return _open(path, read_only=read_only)
        except WarehouseBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)


def _open(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = None
    try:
        if not read_only and str(path) != ":memory:":
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_if_missing(path)
        connection = _connect(path, read_only=read_only)
        if not read_only:
            _remove_leftovers(path)
        _prepare(connection, path, read_only=read_only)
        if not read_only:
            _end_torn_log(connection, path)
    except BaseException as error:
        if connection:
            connection.close()
        if isinstance(error, duckdb.Error | OSError):
            raise cannot_open(error, path) from error
        raise
    return connection


def _connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path),
        read_only=read_only,
        config={
            "autoinstall_known_extensions": False,
            "temp_directory": str(spill_folder(path)),
            # Beside it DuckDB takes a third more for what it does not count; what does not fit goes to the disk.
            "memory_limit": "1300MB",
            # Rows have no order: whoever needs one says so, and writing takes three quarters of the time.
            "preserve_insertion_order": False,
            # A day's rows go straight into the file: with DuckDB's 16 MB, they are written to its log first, all twice.
            "wal_autocheckpoint": "1MB",
        },
    )


def _make_if_missing(path: Path) -> None:
    """Makes the file beside its place and moves it there: one that was left half made could not be opened again."""
    if path.exists() and (path.stat().st_size or not path.is_file()):
        return
    draft = path.with_name(f"{path.name}.draft")
    with _alone(path.parent):
        if path.exists() and path.stat().st_size:
            return
        _remove(draft)
        try:
            with _connect(draft) as connection:
                _prepare(connection, draft, read_only=False)
                connection.execute("CHECKPOINT")
            # What an earlier file had not taken in yet belongs to that one.
            log_of(path).unlink(missing_ok=True)
            draft.replace(path)
        except BaseException:
            _remove(draft)
            raise


def log_of(path: Path) -> Path:
    """DuckDB's log beside the file: what it has not taken in yet."""
    return path.with_name(f"{path.name}.wal")


def _remove(path: Path) -> None:
    for file in (path, log_of(path)):
        file.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def fresh_file(path: Path) -> Path:
    """Where the warehouse is written anew, beside the file that it will replace."""
    return path.with_suffix(".new")


def put_in_place(fresh: Path, path: Path) -> None:
    """Puts a newly written file in the place of the warehouse, which is closed.

    Raises WarehouseBusyError when another process has opened it in between: what that one writes must not be lost.
    """
    with path.open("r+b") as file:
        try:
            # The lock that DuckDB takes, too.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseBusyError(
                f"The warehouse {path} was opened by another groundup command before it could be written anew; "
                "run `groundup load` when that has ended."
            ) from error
        fresh.replace(path)


def spill_folder(path: Path) -> Path:
    """Where DuckDB puts what does not fit into memory; gone when the warehouse is closed."""
    return Path(f"{path}.tmp")


def _remove_leftovers(path: Path) -> None:
    """What a killed process has left beside the file, which is ours alone now: copies of data that may be forgotten."""
    if str(path) != ":memory:":
        _remove(fresh_file(path))
        shutil.rmtree(spill_folder(path), ignore_errors=True)


def _end_torn_log(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """DuckDB passes over the half of a commit that a killed process has logged, but lets the data lie in the log."""
    if str(path) == ":memory:" or not log_of(path).exists():
        return
    # Only a commit of its own makes it write the log anew, and a checkpoint then removes it.
    connection.execute("CREATE TABLE groundup.torn (nothing BOOLEAN)")
    connection.execute("DROP TABLE groundup.torn")
    connection.execute("CHECKPOINT")


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    for macro in MACROS:
        connection.execute(macro)
    known = connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'groundup' AND table_name = 'format'"
    ).fetchone()
    version = connection.execute("SELECT max(version) FROM groundup.format").fetchone() if known else None
    if version and version[0] and version[0] > FORMAT:
        raise WarehouseError(
            f"The warehouse {path} was written by a newer version of this project (format {version[0]}, this one "
            f"knows {FORMAT}); update the project, or move the file away and ingest again."
        )
    if not read_only:
        connection.execute("BEGIN")
        connection.execute(_BOOKKEEPING)
        if not version or version[0] is None:
            connection.execute("INSERT INTO groundup.format VALUES (?)", [FORMAT])
        elif version[0] < FORMAT:
            _upgrade(connection)
        connection.execute("COMMIT")


def _upgrade(connection: duckdb.DuckDBPyConnection) -> None:
    # Format 1 kept the rows with every column of the schema, under the name that queries read.
    for name, schema in connection.execute("SELECT name, export_schema FROM groundup.sources").fetchall():
        connection.execute(f'CREATE TABLE delivered."{name}" AS FROM exports."{name}"')
        connection.execute(f'DROP TABLE exports."{name}"')
        make_view(connection, name, export_schema(schema), export_schema(schema))
    connection.execute("UPDATE groundup.format SET version = ?", [FORMAT])
