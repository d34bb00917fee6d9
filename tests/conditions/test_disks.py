"""A disk that is full, or that may not be written: the old figures stay whole, and the next run repairs."""

import shutil

import pymysql
import pytest

from loaders.store.connection import explain
from tests.conditions import sentences
from tests.conditions.conftest import fails, tables
from tests.conditions.disks import disk, read_only
from tests.conditions.sentences import is_told
from tests.conftest import new_stack
from tests.stack.conftest import environment_in


@pytest.fixture
def small(ways, tmp_path):
    """A state folder on a disk of its own, still large, with the warehouse in which the new days wait."""
    (tmp_path / "small").mkdir()
    with disk(tmp_path / "small") as mounted:
        yield ways.home(tmp_path / "small"), mounted


@pytest.mark.parametrize("kilobytes", [0, 40])
def test_no_room_for_a_first_warehouse(ways, small, kilobytes):
    home, mounted = small
    home.environment.warehouse_file.unlink()
    mounted.leave(kilobytes)
    fails(home, "ingest", *ways.new_files, "--source", "demo", "--schema", "ga4", saying=sentences.WAREHOUSE_DISK_FULL)
    mounted.make_room()
    ways.ingest_all(home)
    home.run("load")
    assert tables(home) == ways.after


def test_no_room_to_ingest(ways, small):
    home, mounted = small
    shutil.copyfile(ways.folder / "loaded.duckdb", home.environment.warehouse_file)
    mounted.leave(100)
    fails(home, "ingest", *ways.new_files, "--source", "demo", saying=sentences.WAREHOUSE_DISK_FULL)
    assert "Only" in home.run("status").stdout
    mounted.make_room()
    assert "Nothing has changed" in home.run("load").stdout
    assert tables(home) == ways.before
    ways.ingest_new(home)
    home.run("load")
    assert tables(home) == ways.after


@pytest.mark.parametrize("kilobytes", [0, 700])
def test_no_room_to_compute(ways, small, kilobytes):
    home, mounted = small
    mounted.leave(kilobytes)
    fails(home, "load", "--force", saying=sentences.WAREHOUSE_DISK_FULL)
    assert tables(home) == ways.before
    mounted.make_room()
    home.run("load")
    assert tables(home) == ways.after


def test_no_room_in_the_folder_for_temporary_files(ways, home, tmp_path):
    with disk(tmp_path / "temporary") as mounted:
        # With nothing left at all, Python takes another folder by itself.
        mounted.leave(100)
        fails(
            home, "demo", "--days", "5", "--users", "1000", saying=sentences.DEMO_DISK_FULL, TMPDIR=str(mounted.folder)
        )
        # A load streams: it needs none.
        home.run("load", TMPDIR=str(mounted.folder))
    assert tables(home) == ways.after


def test_no_room_for_mysql(ways, tmp_path):
    stack = new_stack(tmp_path / "home")
    with disk(stack.home / "mysql") as mounted:
        stack.run("up", "mysql")
        try:
            shutil.copyfile(ways.folder / "loaded.duckdb", stack.environment.warehouse_file)
            stack.run("load")
            assert tables(stack) == ways.before
            ways.ingest_new(stack)
            mounted.leave(0)
            fails(stack, "load", "--force", saying=sentences.MYSQL_DISK_FULL)
            mounted.make_room()
            stack.run("up", "mysql")
            assert tables(stack) == ways.before
            stack.run("load")
            assert tables(stack) == ways.after
        finally:
            stack.run("down", check=False)


def test_a_mysql_that_died_of_a_full_disk_is_told_from_one_that_was_lost(tmp_path):
    # MariaDB has been seen to die where a little room was left, and says nothing to the one who asked.
    lost = pymysql.OperationalError(2013, "Lost connection to MySQL server during query")
    environment = environment_in(tmp_path)
    with disk(tmp_path / "mysql") as mounted:
        assert is_told(sentences.LOST, explain(lost, environment))
        mounted.leave(1000)
        assert is_told(sentences.MYSQL_DISK_FULL, explain(lost, environment))


def test_a_read_only_state_folder(ways, home, tmp_path):
    with read_only(home.home, tmp_path / "read-only") as place:
        barred = ways.at(place)
        fails(barred, "load", saying=sentences.READ_ONLY_WAREHOUSE)
        fails(barred, "ingest", *ways.new_files, "--source", "demo", saying=sentences.READ_ONLY_WAREHOUSE)
        # Whoever only looks is served, and told.
        assert "2026-06-30" in barred.run("status").stdout
        assert barred.run("sql", "SELECT COUNT(*) FROM days", "--format", "csv").stdout.splitlines()[0] == "COUNT(*)"
    assert tables(home) == ways.before
    home.run("load")
    assert tables(home) == ways.after


def test_a_read_only_state_folder_of_a_stack(ways, tmp_path):
    with read_only(ways.stack.home, tmp_path / "read-only") as place:
        fails(ways.at(place), "up", "mysql", saying=sentences.READ_ONLY_LOCK)
    (tmp_path / "new").mkdir()
    with read_only(tmp_path / "new", tmp_path / "new-read-only") as place:
        fails(ways.at(place), "up", "mysql", saying=sentences.READ_ONLY_HOME)
        fails(ways.at(place), "ingest", *ways.new_files, "--schema", "ga4", saying=sentences.READ_ONLY_WAREHOUSE)
        ways.at(place).run("status")
