"""MySQL is lost, set up otherwise or gone: the old figures stay whole, and the next load repairs."""

import json
import shutil
import socket

import pytest

from stack.mysql_server import connect_as_administrator
from stack.places import places_of
from tests.conditions import sentences
from tests.conditions.conftest import begin, fails, tables, wait_for
from tests.conditions.proxy import proxied
from tests.conditions.sentences import is_told


def administer(ways, statement):
    with connect_as_administrator(places_of(ways.stack.environment)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("nth", "after"), [(1, 0), (3, 5_000), (6, 100)], ids=str)
def test_a_connection_that_is_cut_in_the_middle_of_the_rows(ways, home, nth, after):
    with proxied(ways.stack.environment.mysql_port, "cut", nth=nth, after=after) as proxy:
        fails(home, "load", saying=sentences.LOST, GROUNDUP_MYSQL_PORT=str(proxy.port))
        assert proxy.reached.is_set()
    assert tables(home) == ways.before
    home.run("load")
    assert tables(home) == ways.after


def test_two_loads_of_one_warehouse(ways, home):
    with proxied(ways.stack.environment.mysql_port, "wait", nth=2) as proxy:
        first = begin(home, "load", GROUNDUP_MYSQL_PORT=str(proxy.port))
        assert proxy.reached.wait(60)
        assert f"(process {first.pid})" in fails(home, "load", saying=sentences.BUSY)
        assert f"(process {first.pid})" in fails(
            home, "ingest", *ways.new_files, "--source", "demo", saying=sentences.BUSY
        )
        worker = json.loads(home.run("status", "--json").stdout)["worker"]
        assert (worker["verb"], worker["pid"]) == ("groundup load", first.pid)
        assert tables(home) == ways.before
        proxy.resume.set()
        assert wait_for(first)[0] == 0
    assert tables(home) == ways.after


def test_two_loads_of_two_warehouses_into_one_store(ways, home, tmp_path):
    (tmp_path / "other").mkdir()
    for name in ("secrets.env", "warehouse.duckdb"):
        shutil.copyfile(home.home / name, tmp_path / "other" / name)
    other = ways.at(tmp_path / "other")
    with proxied(ways.stack.environment.mysql_port, "wait") as proxy:
        first = begin(home, "load", GROUNDUP_MYSQL_PORT=str(proxy.port))
        assert proxy.reached.wait(60)
        fails(other, "load", saying=sentences.ANOTHER_LOAD)
        proxy.resume.set()
        assert wait_for(first)[0] == 0
    assert tables(home) == ways.after
    other.run("load")
    assert tables(home) == ways.after


def test_a_load_during_down(ways, home):
    with proxied(ways.stack.environment.mysql_port, "wait", nth=2) as proxy:
        loading = begin(home, "load", GROUNDUP_MYSQL_PORT=str(proxy.port))
        assert proxy.reached.wait(60)
        ways.stack.run("down")
        proxy.resume.set()
        status, said = wait_for(loading)
    assert status == 1
    assert "Traceback" not in said
    assert is_told(sentences.LOST, said.splitlines()[-1])
    fails(home, "load", saying=sentences.UNREACHABLE)
    told = json.loads(home.run("status", "--json", check=False).stdout)
    assert any(is_told(sentences.UNREACHABLE, problem["text"]) and problem["fails"] for problem in told["problems"])
    ways.stack.run("up", "mysql")
    assert tables(home) == ways.before
    home.run("load")
    assert tables(home) == ways.after


def test_local_infile_off(ways, home):
    administer(ways, "SET GLOBAL local_infile = 0")
    try:
        fails(home, "load", saying=sentences.LOCAL_INFILE)
        assert tables(home) == ways.before
    finally:
        administer(ways, "SET GLOBAL local_infile = 1")
    home.run("load")
    assert tables(home) == ways.after


def test_a_wrong_password(ways, home):
    fails(home, "load", saying=sentences.PASSWORD, GROUNDUP_MYSQL_LOADER_PASSWORD="wrong")
    assert tables(home) == ways.before
    administer(ways, "ALTER USER groundup_loader@'127.0.0.1' IDENTIFIED BY 'another'")
    fails(home, "load", saying=sentences.PASSWORD)
    ways.stack.run("up", "mysql")
    home.run("load")
    assert tables(home) == ways.after


def test_a_data_folder_that_was_removed(ways, home):
    home.run("load")
    ways.stack.run("down")
    shutil.rmtree(ways.stack.home / "mysql" / "data")
    ways.stack.run("up", "mysql")
    assert not any(tables(home).values())
    home.run("load")
    assert tables(home) == ways.after


def test_a_port_that_another_program_has(ways, home):
    ways.stack.run("down")
    with socket.create_server(("127.0.0.1", ways.stack.environment.mysql_port)):
        fails(ways.stack, "up", "mysql", saying=sentences.PORT_TAKEN)
    ways.stack.run("up", "mysql")
    home.run("load")
    assert tables(home) == ways.after


def test_a_load_needs_no_superset(ways, home):
    services = json.loads(home.run("status", "--json").stdout)["services"]
    assert [service["state"] for service in services if service["name"] == "superset"] == ["stopped"]
    home.run("load")
    assert tables(home) == ways.after
