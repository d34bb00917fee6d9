"""The file of the embedded warehouse after a process has died while it wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loaders.warehouse.duckdb_file import open_file


@pytest.fixture
def cut_short(tmp_path: Path) -> Path:
    """A warehouse whose log ends amid a commit that names a person."""
    path = tmp_path / "warehouse.duckdb"
    with open_file(path) as connection:
        connection.execute("CREATE TABLE people AS SELECT 'somebody' AS person")
    with open_file(path) as connection:
        connection.execute("INSERT INTO people VALUES ('Nobody Nowhere')")
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in tmp_path.glob("warehouse*"):
            if file.is_file():
                shutil.copy(file, killed)
    log = killed / "warehouse.duckdb.wal"
    log.write_bytes(log.read_bytes()[:-1])
    assert b"Nobody Nowhere" in log.read_bytes()
    return killed / path.name


def test_half_a_commit_does_not_lie_in_the_log_for_ever(cut_short: Path) -> None:
    with open_file(cut_short) as connection:
        assert connection.execute("SELECT person FROM people").fetchall() == [("somebody",)]
    assert [file.name for file in cut_short.parent.iterdir()] == ["warehouse.duckdb"]
    assert b"Nobody Nowhere" not in cut_short.read_bytes()
