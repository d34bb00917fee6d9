"""Holding the warehouse's file without opening it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loaders.errors import WarehouseBusyError
from loaders.warehouse.duckdb_file import open_file
from loaders.warehouse.duckdb_lock import held

# What another command does with the file, for as long as this one lets it.
OTHER = """
import sys
from pathlib import Path
from loaders.errors import WarehouseBusyError
from loaders.warehouse.duckdb_file import open_file
try:
    connection = open_file(Path(sys.argv[1]), read_only=sys.argv[2] == "read")
except WarehouseBusyError:
    print("busy", flush=True)
else:
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    open_file(path).close()
    return path


class Other:
    """Another process that opens the warehouse."""

    def __init__(self, path: Path, how: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER, path, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.found = self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate("\n", timeout=60)


def found_by_other(path: Path, how: str) -> str:
    other = Other(path, how)
    other.end()
    return other.found


def test_readers_go_on_and_writers_find_it_busy(warehouse: Path) -> None:
    with held(warehouse, alone=False, patience=0):
        assert found_by_other(warehouse, "read") == "open"
        assert found_by_other(warehouse, "write") == "busy"
    assert found_by_other(warehouse, "write") == "open"


def test_alone_it_is_nobody_elses(warehouse: Path) -> None:
    with held(warehouse, alone=True, patience=0):
        assert found_by_other(warehouse, "read") == "busy"


def test_whoever_has_it_is_waited_for(warehouse: Path) -> None:
    writer = Other(warehouse, "write")
    assert writer.found == "open"
    with (
        pytest.raises(WarehouseBusyError, match="in use by another groundup command"),
        held(warehouse, alone=False, patience=0),
    ):
        pass
    # It ends when it is known that somebody waits.
    with held(warehouse, alone=False, patience=60, on_wait=writer.end) as descriptor:
        assert descriptor is not None


def test_where_there_is_no_warehouse_there_is_nothing_to_hold(tmp_path: Path) -> None:
    with held(tmp_path / "warehouse.duckdb", alone=True, patience=0) as descriptor:
        assert descriptor is None
