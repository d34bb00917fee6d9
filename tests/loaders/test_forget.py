"""Forgetting a person: every table is as if there had been nobody of that key, and nothing holds the key any more."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import WarehouseBusyError
from loaders.sources import Source, name_source
from loaders.store.connection import connected
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.duckdb_file import put_in_place
from settings.environment import Environment
from tests.conftest import Stack
from tests.loaders.random_logs import DEFINITIONS, SCHEMAS, SOURCES, Row, files, logs, search, worlds
from tests.loaders.test_whole_pipeline import take
from tests.pipeline import Pipeline, deviations, different_tables, store_deviations
from tests.reference import Log

PERSON = "PERSON-06984AB55E6069C42FE61F3510F1522B"
Exports = dict[str, list[Row]]


def key_of(row: Row) -> str | None:
    """The user key of a row of either schema."""
    if "event_date" in row:
        return row.get("user_pseudo_id")
    return ((row.get("user_dim") or {}).get("app_info") or {}).get("app_instance_id")


def without(exports: Exports, person: str) -> Exports:
    """The exports without that person; a source of which nothing is left is none."""
    left = {source: [row for row in rows if key_of(row) != person] for source, rows in exports.items()}
    return {source: rows for source, rows in left.items() if rows}


@search(25)
@given(data=st.data())
def test_every_table_is_that_of_a_log_without_the_person(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    exports = {name: data.draw(logs(world, data.draw(st.sampled_from(SCHEMAS))), label=name) for name in SOURCES}
    named = {source: data.draw(files(rows), label="files") for source, rows in exports.items()}
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    person = data.draw(st.sampled_from([user for user in world.users if user] or ["nobody"]), label="person")
    left = without(exports, person)
    with Pipeline() as pipeline, Pipeline() as clean:
        for source, by_name in named.items():
            pipeline.ingest_rows(source, by_name)
        pipeline.load(chosen=chosen)
        days = {(event.source, event.day) for event in Log(exports).events if event.user == person}
        assert pipeline.forget(person) == len(days)
        pipeline.load(chosen=chosen)
        assert not (lines := deviations(pipeline, left, chosen)), "\n".join(lines)

        for source, rows in left.items():
            clean.ingest_rows(source, {"all.ndjson": rows})
        if left:
            clean.load(chosen=chosen)
            assert not (lines := different_tables(clean, pipeline)), "\n".join(lines)

        source = data.draw(st.sampled_from(SOURCES), label="ingested again")
        pipeline.ingest_rows(source, named[source])
        pipeline.load(chosen=chosen)
        assert not (lines := deviations(pipeline, left, chosen)), "\n".join(lines)


EXPORTS: Exports = {
    "today": [
        take("20240101", PERSON),
        take("20240101", "a"),
        take("20240108", PERSON, "India"),
        take("20240108", "a", "India"),
        {**take("20240109", PERSON), "user_id": "login", "event_name": "search"},
    ],
    "in_2017": [
        {
            "user_dim": {"app_info": {"app_instance_id": user, "app_platform": "IOS"}, "geo_info": {"country": "Peru"}},
            "event_dim": [
                {"date": "20240107", "name": "take_photo", "timestamp_micros": 5},
                {"date": "20240108", "name": "take_photo", "timestamp_micros": 6},
            ],
        }
        for user in (PERSON, "b")
    ],
}


def everything_in_the_warehouse(pipeline: Pipeline) -> str:
    """All rows of all tables of all schemas, as text."""
    connection = pipeline.warehouse.connection
    names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    return str([connection.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall() for schema, name in names])


def everything_in_mysql(environment: Environment) -> str:
    """All rows of all tables that the loader can see, as text."""
    with connected(environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        names = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in names:
            cursor.execute(f"SELECT * FROM `{name}`")
            rows.append(cursor.fetchall())
    return str(rows)


def test_nothing_holds_the_key_any_more(store: Stack) -> None:
    """Not raw, not staging, not MySQL, whatever table one looks into."""
    with Pipeline() as pipeline:
        for source, rows in EXPORTS.items():
            pipeline.ingest_rows(source, {"all.ndjson": rows})
        pipeline.load_store(store.environment)
        assert PERSON in everything_in_the_warehouse(pipeline)

        pipeline.forget(PERSON)
        assert PERSON not in everything_in_the_warehouse(pipeline)
        pipeline.load_store(store.environment)
        assert PERSON not in everything_in_the_warehouse(pipeline)
        assert PERSON not in everything_in_mysql(store.environment)
        lines = store_deviations(store.environment, pipeline.catalog, without(EXPORTS, PERSON))
        assert not lines, "\n".join(lines)


def test_a_day_that_comes_again_with_nobody_but_the_forgotten_is_empty() -> None:
    """What comes is left out; what it replaces goes all the same."""
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"a": [take("20240101", PERSON), take("20240101", "a"), take("20240102", "a")]})
        pipeline.load()
        pipeline.forget(PERSON)
        pipeline.ingest_rows("ios", {"again": [take("20240101", PERSON)]})
        pipeline.load()
        assert not (lines := deviations(pipeline, {"ios": [take("20240102", "a")]})), "\n".join(lines)


def test_forgetting_somebody_unknown_changes_nothing() -> None:
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"a": [take("20240101", "a")]})
        pipeline.load()
        assert pipeline.forget("b") == 0
        assert pipeline.load() == []


def test_a_person_is_forgotten_before_it_comes() -> None:
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"a": [take("20240101", "a")]})
        pipeline.forget("b")
        pipeline.ingest_rows("ios", {"b": [take("20240102", "b"), take("20240102", "a")]})
        pipeline.load()
        left = {"ios": [take("20240101", "a"), take("20240102", "a")]}
        assert not (lines := deviations(pipeline, left)), "\n".join(lines)


@pytest.mark.parametrize("person", ["a", "A", "a "])
def test_keys_are_told_apart_by_every_character(person: str) -> None:
    exports = {"ios": [take("20240101", key) for key in ("a", "A", "a ")]}
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"a": exports["ios"]})
        pipeline.forget(person)
        pipeline.load()
        assert not (lines := deviations(pipeline, without(exports, person))), "\n".join(lines)


def test_a_load_ends_what_a_killed_forget_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person has left the tables; the file still holds the bytes, until it has been written anew."""
    path = tmp_path / "warehouse.duckdb"
    rows = [{**take("20240101", user), "event_timestamp": n} for user in (PERSON, "a") for n in range(3000)]
    with Pipeline(path) as pipeline:
        pipeline.ingest_rows("ios", {"a": rows})
        pipeline.load()
    assert PERSON.encode() in path.read_bytes()

    with monkeypatch.context() as killed, Pipeline(path) as pipeline:
        killed.setattr(DuckDBWarehouse, "_rewrite", lambda _: pytest.exit("killed"))
        with pytest.raises(pytest.exit.Exception):
            pipeline.forget(PERSON)
    assert PERSON.encode() in path.read_bytes()

    with DuckDBWarehouse(path) as warehouse:
        assert warehouse.rewrite_if_wished()
        assert not warehouse.rewrite_if_wished()
    assert PERSON.encode() not in path.read_bytes()
    with Pipeline(path) as pipeline:
        pipeline.sources = {"ios": name_source("ios", Source.model_validate({"schema": "ga4"}), "the test")}
        pipeline.load()
        left = {"ios": [row for row in rows if row["user_pseudo_id"] == "a"]}
        assert not (lines := deviations(pipeline, left)), "\n".join(lines)


def test_a_forgotten_person_is_not_in_what_is_left_beside_the_file(tmp_path: Path) -> None:
    """A killed rewrite leaves its half of the new file, a killed query what it had spilled."""
    path = tmp_path / "warehouse.duckdb"
    (tmp_path / "warehouse.duckdb.tmp").mkdir()
    leftovers = [tmp_path / name for name in ("warehouse.new", "warehouse.new.wal", "warehouse.duckdb.tmp/spilled")]
    for leftover in leftovers:
        leftover.write_text(PERSON)
    with DuckDBWarehouse(path):
        assert [leftover for leftover in leftovers if leftover.exists()] == []


def test_what_another_command_writes_meanwhile_is_not_lost(tmp_path: Path) -> None:
    """The file is closed for a moment before the new one takes its place."""
    path, fresh = tmp_path / "warehouse.duckdb", tmp_path / "warehouse.new"
    fresh.write_text("new")
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(WarehouseBusyError, match="opened by another groundup command"):
            put_in_place(fresh, path)
        other.communicate(b"\n")
    put_in_place(fresh, path)
    assert path.read_text() == "new"
