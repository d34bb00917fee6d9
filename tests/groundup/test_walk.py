"""The whole walk by the command line: demo and own files in, figures out."""

import json
from pathlib import Path

import pytest

from tests.conftest import Stack, new_stack
from tests.pipeline import write_file


@pytest.fixture(scope="module")
def walk(store: Stack, module_folder: Path) -> Stack:
    """The running MySQL with a warehouse of its own."""
    (module_folder / "secrets.env").write_text((store.home / "secrets.env").read_text())
    return Stack(module_folder, store.variables | {"GROUNDUP_HOME": str(module_folder)})


def figures(walk: Stack, query: str) -> list[list[str]]:
    return [line.split(",") for line in walk.run("sql", query, "--format", "csv").stdout.splitlines()[1:]]


def test_the_demo_is_made_loaded_and_the_same_again(walk):
    arguments = ("demo", "--days", "20", "--users", "300", "--end", "2026-06-30")
    assert "20 days, 2026-06-11 to 2026-06-30, are in the warehouse" in walk.run(*arguments).stdout
    assert "the data run from 2026-06-11 to 2026-06-30" in walk.run("load").stdout
    question = "SELECT date, SUM(dau), SUM(wau), SUM(mau), SUM(new_users) FROM active_users GROUP BY date ORDER BY date"
    first = figures(walk, question)
    assert len(first) == 20
    assert sum(int(row[4]) for row in first) <= 300
    walk.run(*arguments)
    walk.run("load")
    assert figures(walk, question) == first


def test_a_shorter_demo_takes_the_other_days_away(walk):
    walk.run("demo", "--days", "5", "--users", "100", "--end", "2026-06-30")
    walk.run("load")
    assert figures(walk, "SELECT MIN(date), MAX(date) FROM active_users") == [["2026-06-26", "2026-06-30"]]


def test_own_files_replace_their_days_and_say_so(walk, tmp_path):
    walk.run("demo", "--remove")
    rows = [
        {"event_date": "20260101", "event_timestamp": n, "event_name": "open", "user_pseudo_id": f"u{n}"}
        for n in range(3)
    ]
    path = write_file(tmp_path / "events.ndjson.gz", rows)
    first = walk.run("ingest", str(path), "--source", "app", "--schema", "ga4", "--timezone", "Asia/Seoul")
    assert "app 2026-01-01: 0 → 3 events" in first.stdout
    write_file(path, rows[:2])
    assert "app 2026-01-01: 3 → 2 events" in walk.run("ingest", str(path), "--source", "app").stdout
    walk.run("load")
    assert figures(walk, "SELECT date, dau FROM active_users") == [["2026-01-01", "2"]]
    assert figures(walk, "SELECT final_at FROM days") == [["2026-01-04T15:00:00"]]


def test_a_load_as_json_lists_its_steps_and_nothing_to_do_is_an_empty_list(walk):
    forced = json.loads(walk.run("load", "--force", "--json").stdout)["steps"]
    assert {"table", "step", "from", "to", "reason", "rows", "seconds", "bytes_billed", "usd"} <= set(forced[0])
    assert json.loads(walk.run("load", "--json").stdout)["steps"] == []


def test_a_source_is_removed_by_name(walk, tmp_path):
    row = {"event_date": "20250101", "event_timestamp": 1, "event_name": "open", "user_pseudo_id": "w"}
    path = write_file(tmp_path / "old.ndjson", [row])
    walk.run("ingest", str(path), "--source", "mistake", "--schema", "ga4")
    assert "Removed 1 days of mistake" in walk.run("ingest", "--remove", "--source", "mistake").stdout
    walk.run("load")
    assert figures(walk, "SELECT MIN(date) FROM active_users") == [["2026-01-01"]]


def test_days_outside_the_data_are_refused(walk):
    result = walk.run("load", "--from", "2031-01-01", check=False)
    assert result.returncode == 1
    assert "There is no data for 2031-01-01: the loaded days run from 2026-01-01 to 2026-01-01" in result.stderr


def test_the_ledger_shows_the_loads(walk):
    assert "store active_users" in walk.run("runs").stdout
    newest = json.loads(walk.run("runs", "--limit", "1", "--json").stdout)[0]
    assert newest["status"] == "done"


def test_a_source_that_is_declared_is_awaited(walk, tmp_path):
    sources = tmp_path / "sources.yaml"
    sources.write_text("sources:\n  app: {schema: ga4, timezone: Asia/Seoul}\n  web: {schema: ga4}\n")
    for source, day in (("web", "20260101"), ("web", "20260102")):
        row = {"event_date": day, "event_timestamp": 1, "event_name": "open", "user_pseudo_id": "w"}
        path = write_file(tmp_path / f"{day}.ndjson", [row])
        walk.run("ingest", str(path), "--source", source, GROUNDUP_SOURCES_FILE=str(sources))
    held = walk.run("load", GROUNDUP_SOURCES_FILE=str(sources)).stdout
    assert "Held back: 2026-01-02, until app delivers" in held
    assert figures(walk, "SELECT MAX(date) FROM active_users") == [["2026-01-01"]]
    walk.run("load", "--partial", GROUNDUP_SOURCES_FILE=str(sources))
    assert figures(walk, "SELECT source FROM days WHERE modified_at IS NULL") == [["app"]]
    assert figures(walk, "SELECT MAX(date) FROM active_users") == [["2026-01-02"]]


def test_a_home_without_a_store_says_what_to_start(tmp_path: Path):
    idle = new_stack(tmp_path / "home")
    idle.run("demo", "--days", "1", "--users", "5", "--end", "2026-06-30")
    result = idle.run("load", check=False)
    assert result.returncode == 1
    assert "does not answer" in result.stderr
