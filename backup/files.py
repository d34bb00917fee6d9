"""Copies of the two databases that are files, each as it is at one moment: the warehouse and Airflow's metadata."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from backup.errors import BackupError, BrokenBackupError
from loaders.errors import WarehouseError
from loaders.warehouse.duckdb_file import log_of, open_file
from loaders.warehouse.duckdb_lock import held
from stack.exchange import sync

# A load of a long history takes hours, but a backup that waits so long has missed its night.
PATIENCE_SECONDS = 1800.0


@contextmanager
def warehouse_at_rest(path: Path, say: Callable[[str], None]) -> Iterator[Callable[[Path], None]]:
    """Keeps writers away from the warehouse, and gives the function that copies it. Raises WarehouseBusyError."""

    def on_wait() -> None:
        say("Waiting until the command that has the warehouse ends")

    with held(path, alone=False, patience=PATIENCE_SECONDS, on_wait=on_wait) as descriptor:

        def copy(target: Path) -> None:
            if descriptor is None:
                return
            try:
                # Through the descriptor that holds the lock: closing another one would give the lock up.
                with open(descriptor, "rb", closefd=False) as source, target.open("wb") as output:
                    shutil.copyfileobj(source, output, 16 << 20)
                if log_of(path).exists():
                    shutil.copyfile(log_of(path), log_of(target))
            except OSError as error:
                raise BackupError(
                    f"The warehouse {path} cannot be copied to {target.parent} ({error.strerror}): make room there."
                ) from error

        yield copy


def settle_warehouse(copy: Path) -> dict[str, int]:
    """Brings a copy of the warehouse into one file; the rows of its tables by `schema.table`. Raises WarehouseError."""
    with open_file(copy) as connection:
        connection.execute("CHECKPOINT")
        rows = _warehouse_rows(connection)
    if log_of(copy).exists():
        raise WarehouseError(f"The copy {copy} of the warehouse cannot be closed; try again.")
    return rows


def check_warehouse(copy: Path, rows: dict[str, int], backup: Path) -> None:
    """Raises BrokenBackupError when a warehouse does not hold these rows; WarehouseError when it cannot be opened."""
    with open_file(copy, read_only=True) as connection:
        _compare(_warehouse_rows(connection), rows, "the warehouse", backup)


def forgotten_since(warehouse: Path, copy: Path) -> int:
    """How many people the warehouse has been told to forget of whom the copy of an earlier one knows nothing.

    None where the warehouse cannot be read.
    """
    found = []
    for path in (warehouse, copy):
        try:
            with open_file(path, read_only=True) as connection:
                found.append({row[0] for row in connection.execute("FROM groundup.forgotten").fetchall()})
        except (WarehouseError, duckdb.Error):
            return 0
    return len(found[0] - found[1])


def _warehouse_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    return {
        f"{schema}.{table}": _count(connection.execute(f'SELECT count(*) FROM "{schema}"."{table}"').fetchone())
        for schema, table in names
    }


def copy_airflow(source: Path, target: Path) -> None:
    """Copies Airflow's metadata while it runs. Raises BackupError."""
    try:
        with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"Airflow's metadata {source} cannot be copied ({error}): run it again.") from error


def airflow_rows(path: Path) -> dict[str, int]:
    """The rows of the tables of Airflow's metadata. Raises BackupError when they are damaged."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupError(f"Airflow's metadata {path} are damaged: run `groundup airflow db check`.")
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).fetchall()
            return {name: _count(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()) for (name,) in names}
    except sqlite3.Error as error:
        raise BackupError(f"Airflow's metadata {path} cannot be read ({error}).") from error


def check_airflow(copy: Path, rows: dict[str, int], backup: Path) -> None:
    """Raises BackupError when Airflow's metadata do not hold these rows."""
    _compare(airflow_rows(copy), rows, "Airflow's metadata", backup)


def _compare(found: dict[str, int], said: dict[str, int], what: str, backup: Path) -> None:
    wrong = sorted(name for name in {*found, *said} if found.get(name) != said.get(name))
    if wrong:
        raise BrokenBackupError(
            f"{backup} is damaged ({wrong[0]} of {what} has {found.get(wrong[0], 0):,} rows instead of "
            f"{said.get(wrong[0], 0):,}); nothing was changed: take another backup."
        )


def _count(row: tuple[int] | tuple[object, ...] | None) -> int:
    return int(str(row[0])) if row else 0


def free_bytes(folder: Path) -> int:
    """The room on the disk of a folder that may not be there yet."""
    place = next(found for found in (folder, *folder.parents) if found.exists())
    return shutil.disk_usage(place).free


def sync_tree(folder: Path) -> None:
    """Makes everything below a folder outlive the machine's end."""
    for place, _, names in os.walk(folder):
        for path in (Path(place), *(Path(place) / name for name in names)):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                continue
            sync(path)
