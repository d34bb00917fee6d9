"""Copies of the warehouse and of Airflow's metadata, taken while somebody writes into them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from backup.errors import BackupError, BrokenBackupError
from backup.files import (
    airflow_rows,
    check_airflow,
    check_warehouse,
    copy_airflow,
    forgotten_since,
    log_of,
    settle_warehouse,
    warehouse_at_rest,
)
from loaders.warehouse.duckdb_file import open_file


def copied(warehouse: Path, target: Path) -> None:
    with warehouse_at_rest(warehouse, lambda _: None) as copy:
        copy(target)


def test_a_copy_holds_what_the_log_has_not_given_to_the_file_yet(tmp_path: Path) -> None:
    warehouse, copy = tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb"
    open_file(warehouse).close()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("CREATE TABLE in_the_log AS FROM range(7)")
    assert log_of(warehouse).exists()
    copied(warehouse, copy)
    rows = settle_warehouse(copy)
    assert rows["main.in_the_log"] == 7
    assert rows["groundup.format"] == 1
    assert not log_of(copy).exists()
    check_warehouse(copy, rows, tmp_path / "backup.zip")
    with pytest.raises(BrokenBackupError, match=r"main\.in_the_log of the warehouse has 7 rows instead of 8"):
        check_warehouse(copy, {**rows, "main.in_the_log": 8}, tmp_path / "backup.zip")


def test_where_there_is_no_warehouse_nothing_is_copied(tmp_path: Path) -> None:
    copied(tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_airflows_metadata_are_copied_as_they_were_committed_last(tmp_path: Path) -> None:
    metadata, copy = tmp_path / "metadata.sqlite", tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(metadata)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE dag_run (id INTEGER)")
        writer.execute("INSERT INTO dag_run VALUES (1)")
        writer.commit()
        writer.execute("INSERT INTO dag_run VALUES (2)")
        copy_airflow(metadata, copy)
        writer.rollback()
    assert airflow_rows(copy) == {"dag_run": 1}
    check_airflow(copy, {"dag_run": 1}, tmp_path)
    with pytest.raises(BrokenBackupError, match="dag_run of Airflow's metadata has 1 rows instead of 2"):
        check_airflow(copy, {"dag_run": 2}, tmp_path)


def test_broken_metadata_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "metadata.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(BackupError, match="Airflow's metadata"):
        airflow_rows(tmp_path / "metadata.sqlite")


def test_who_was_forgotten_after_a_copy_was_made_is_counted(tmp_path: Path) -> None:
    warehouse, copy = tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb"
    for path, digests in ((warehouse, ("a", "b", "c")), (copy, ("a",))):
        with open_file(path) as connection:
            connection.executemany("INSERT INTO groundup.forgotten VALUES (?)", [[digest] for digest in digests])
    assert forgotten_since(warehouse, copy) == 2
    assert forgotten_since(copy, warehouse) == 0
    assert forgotten_since(tmp_path / "none.duckdb", copy) == 0
