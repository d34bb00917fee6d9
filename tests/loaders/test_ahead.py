"""A table computed ahead of the load: in the warehouse, in the ledger, and nowhere else."""

from __future__ import annotations

import pytest

from loaders.ahead import compute_ahead
from loaders.errors import DeclarationError
from loaders.plan import Request
from loaders.store.connection import connected
from loaders.store.ledger import recent
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.loaders.store.conftest import drop_all
from tests.loaders.test_run import JUNE, Bench, event


@pytest.fixture
def bench(store, tmp_path):
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        bench = Bench(store.environment, warehouse, tmp_path)
        bench.ingest(*(event("a", day) for day in JUNE[:9]))
        yield bench


def ahead(bench, table, **request):
    steps = compute_ahead(bench.environment, bench.warehouse, bench.inputs, Request(table=table, **request), "run")
    return {step.table for step in steps}


def tables_in_mysql(bench):
    with connected(bench.environment, "reader") as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        return {name for (name,) in cursor.fetchall()}


def test_a_table_comes_with_its_rollups_and_what_it_reads_and_mysql_shows_nothing(bench):
    assert ahead(bench, "events") == {
        "events_flat",
        "events",
        "events_by_place",
        "events_by_version",
        "places",
        "versions",
    }
    assert "events" not in tables_in_mysql(bench)


def test_a_staging_table_is_one_as_well(bench):
    assert ahead(bench, "users") == {"events_flat", "user_days", "users"}


def test_what_was_computed_before_is_not_computed_again(bench):
    ahead(bench, "user_days")
    assert ahead(bench, "users") == {"users"}
    assert ahead(bench, "users") == set()


def test_only_the_days_that_were_asked_for(bench):
    steps = compute_ahead(
        bench.environment, bench.warehouse, bench.inputs, Request(end=JUNE[3], table="events_flat"), "run"
    )
    assert {(step.start, step.end) for step in steps} == {(JUNE[0], JUNE[3])}


def test_the_load_has_only_to_store_then_and_stores_everything(bench):
    for table in bench.inputs.catalog.tables:
        ahead(bench, table)
    steps = bench.load().steps
    assert {step.step for step in steps} == {"store"}
    assert {step.table for step in steps} >= {table.name for table in bench.inputs.catalog.reports}


def test_the_ledger_has_each_step(bench):
    ahead(bench, "user_days")
    with connected(bench.environment, "reader") as connection:
        entries = recent(connection, 100)
    assert {(entry["run"], entry["step"], entry["table"]) for entry in entries} == {
        ("run", "compute", "events_flat"),
        ("run", "compute", "user_days"),
    }


def test_an_unknown_table_is_refused_with_the_choice(bench):
    with pytest.raises(DeclarationError, match=r"There is no table 'nope'; the tables are .*daily_report"):
        ahead(bench, "nope")
