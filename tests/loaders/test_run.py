"""A load from end to end, into a real MySQL."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest
import yaml

from loaders.catalog import LOADERS, load_catalog
from loaders.errors import DeclarationError, RangeError, StoreError, WarehouseError
from loaders.ingest import ingest, remove_source
from loaders.metrics import load_metrics
from loaders.plan import Request
from loaders.run import Inputs, load
from loaders.sources import Source, name_source
from loaders.store import locks
from loaders.store.connection import connected
from loaders.store.locks import load_lock
from loaders.store.query import ask
from loaders.store.tables import make_own_tables
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import PROJECT
from tests.loaders.store.conftest import drop_all
from tests.pipeline import write_file

METRICS = load_metrics(PROJECT / "metrics.yaml")
APP = name_source("app", Source(schema="ga4"), "test")
DAILY_REPORTS = ("daily_report", "daily_report_by_country", "daily_report_by_platform")
JUNE = [dt.date(2026, 6, day) for day in range(1, 31)]


def event(user: str, day: dt.date, name: str = "take_photo", country: str = "India") -> dict[str, object]:
    return {
        "event_date": f"{day:%Y%m%d}",
        "event_timestamp": 1,
        "event_name": name,
        "user_pseudo_id": user,
        "platform": "ANDROID",
        "geo": {"country": country},
    }


@pytest.fixture
def bench(store, tmp_path):
    """A warehouse of its own over an empty report store."""
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield Bench(store.environment, warehouse, tmp_path)


class Bench:
    def __init__(self, environment, warehouse, folder):
        self.environment, self.warehouse, self.folder = environment, warehouse, folder
        self.inputs = Inputs(load_catalog(METRICS), METRICS, {"app": APP})

    def ingest(self, *events):
        ingest(self.warehouse, [write_file(self.folder / "events.ndjson", events)], APP)

    def load(self, **request):
        return load(self.environment, self.warehouse, self.inputs, Request(**request))

    def ask(self, query):
        return list(ask(self.environment, query).rows)


def stored(result):
    return {(step.table, step.start, step.end, step.reason) for step in result.steps if step.step == "store"}


def test_the_report_tables_and_the_calendar_are_in_mysql(bench):
    bench.ingest(event("a", JUNE[0]), event("b", JUNE[0], country="Brazil"), event("a", JUNE[1]))
    bench.load()
    assert bench.ask("SELECT * FROM active_users ORDER BY date, country") == [
        (JUNE[0], "Brazil", "ANDROID", 1, 1, 1, 1),
        (JUNE[0], "India", "ANDROID", 1, 1, 1, 1),
        (JUNE[1], "Brazil", "ANDROID", 0, 1, 1, 0),
        (JUNE[1], "India", "ANDROID", 1, 1, 1, 0),
    ]
    assert bench.ask("SELECT SUM(takes), SUM(takes_prev_day) FROM daily_report WHERE date = '2026-06-02'") == [(1, 2)]
    assert bench.ask("SELECT date, source, `rows`, modified_at IS NOT NULL FROM days") == [
        (JUNE[0], "app", 2, 1),
        (JUNE[1], "app", 1, 1),
    ]


def test_a_second_load_does_nothing(bench):
    bench.ingest(event("a", JUNE[0]))
    assert bench.load().steps
    assert bench.load().steps == []


def test_a_restated_day_changes_what_it_reaches_and_nothing_else(bench):
    bench.ingest(*(event("a", day) for day in JUNE))
    bench.load()
    bench.ingest(event("b", JUNE[20]))
    assert ("active_users", JUNE[20], JUNE[29], "upstream changed") in stored(bench.load())
    assert bench.ask("SELECT SUM(dau) FROM active_users WHERE date = '2026-06-21'") == [(1,)]


def test_a_first_day_that_moves_changes_both_days_even_far_apart(bench):
    late = JUNE[0] + dt.timedelta(days=60)
    bench.ingest(event("a", JUNE[0]), event("b", JUNE[0]), event("a", late))
    bench.load()
    bench.ingest(event("b", JUNE[0]))
    days = {start for name, start, _, _ in stored(bench.load()) if name == "active_users"}
    assert late in days
    assert bench.ask("SELECT date, SUM(new_users) FROM active_users GROUP BY date HAVING SUM(new_users)") == [
        (JUNE[0], 1),
        (late, 1),
    ]


def test_only_the_days_and_the_report_asked_for_are_loaded(bench):
    bench.ingest(*(event("a", day) for day in JUNE))
    result = bench.load(start=JUNE[9], end=JUNE[10], report="daily_report")
    # Its rollups are loaded with it: they have to agree.
    names = ("daily_report", "daily_report_by_country", "daily_report_by_platform")
    assert stored(result) == {(name, JUNE[9], JUNE[10], "new") for name in names}
    assert bench.ask("SELECT MIN(date), MAX(date), SUM(dau_prev_week) FROM daily_report") == [(JUNE[9], JUNE[10], 2)]
    rest = {step for step in stored(bench.load()) if step[0] in {"active_users", "daily_report"}}
    assert rest == {
        ("active_users", JUNE[0], JUNE[29], "new"),
        ("daily_report", JUNE[0], JUNE[8], "new"),
        ("daily_report", JUNE[11], JUNE[29], "new"),
    }


def test_force_loads_what_has_not_changed(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    assert {reason for *_, reason in stored(bench.load(force=True))} == {"forced"}


def test_a_removed_source_leaves_the_reports(bench):
    bench.ingest(event("a", JUNE[0]), event("a", JUNE[1]))
    bench.load()
    remove_source(bench.warehouse, "app")
    bench.ingest(event("a", JUNE[1]))
    bench.load()
    assert bench.ask("SELECT DISTINCT date FROM active_users") == [(JUNE[1],)]
    assert bench.ask("SELECT date FROM days") == [(JUNE[1],)]


def test_a_changed_declaration_fills_a_new_table_and_swaps_it_in(bench, tmp_path):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    path = tmp_path / "project/reports/active_users/report.yaml"
    declared = yaml.safe_load(path.read_text())
    declared["columns"] = [column for column in declared["columns"] if column["name"] != "new_users"]
    path.write_text(yaml.safe_dump(declared))
    query = path.with_name("query.sql")
    query.write_text(query.read_text().replace(",\n  IFNULL(newcomers.new_users, 0) AS new_users", ""))
    # The others' checks read what is no longer there.
    declared["checks"] = []
    path.write_text(yaml.safe_dump(declared))
    for folder in ("active_users_by_country", "retention", *DAILY_REPORTS):
        shutil.rmtree(tmp_path / "project/reports" / folder)
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    bench.load()
    assert bench.ask("SELECT * FROM active_users") == [(JUNE[0], "India", "ANDROID", 1, 1, 1)]
    assert bench.ask("SHOW TABLES LIKE 'active\\_users\\_\\_%'") == []
    assert bench.load().steps == []


def test_a_changed_declaration_refills_every_day_whatever_was_asked_for(bench, tmp_path):
    bench.ingest(*(event("a", day) for day in JUNE[:7]))
    bench.load()
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    path = tmp_path / "project/reports/daily_report/report.yaml"
    declared = yaml.safe_load(path.read_text())
    declared["columns"].append({"name": "one", "type": "INT64", "description": "One.", "additive_over": []})
    path.write_text(yaml.safe_dump(declared))
    query = path.with_name("query.sql")
    query.write_text(query.read_text().replace(" AS takes_prev_week\n", " AS takes_prev_week,\n  1 AS one\n"))
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    bench.load(start=JUNE[3], end=JUNE[3])
    assert bench.ask("SELECT COUNT(DISTINCT date), SUM(one) FROM daily_report") == [(7, 7)]


def test_the_last_source_that_is_removed_takes_everything_with_it(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    remove_source(bench.warehouse, "app")
    bench.load()
    for table in ("active_users", "events", "days"):
        assert bench.ask(f"SELECT COUNT(*) FROM {table}") == [(0,)]
    with pytest.raises(RangeError, match="no data yet"):
        bench.load()


def test_a_report_that_no_folder_declares_any_more_is_dropped(bench, tmp_path):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    shutil.rmtree(tmp_path / "project/reports/growth")
    shutil.rmtree(tmp_path / "project/reports/growth_by_platform")
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    bench.load()
    assert bench.ask("SHOW TABLES LIKE 'growth'") == []
    assert bench.ask("SELECT COUNT(*) FROM slices WHERE report = 'growth'") == [(0,)]


def test_the_calendar_lists_only_days_that_were_loaded(bench):
    bench.ingest(*(event("a", day) for day in JUNE[:5]))
    bench.load(end=JUNE[1])
    assert bench.ask("SELECT MAX(date) FROM days") == [(JUNE[1],)]
    bench.load()
    assert bench.ask("SELECT MAX(date) FROM days") == [(JUNE[4],)]


def test_a_log_in_which_nobody_is_active_is_loaded_once(bench):
    bench.ingest(event("a", JUNE[0], name="os_update"))
    assert bench.load().steps
    assert bench.load().steps == []


def test_a_wrong_query_is_named_by_its_file(bench, tmp_path):
    bench.ingest(event("a", JUNE[0]))
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    query = tmp_path / "project/reports/events/query.sql"
    query.write_text(query.read_text().replace("COUNTIF", "COUNTX"))
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    with pytest.raises(WarehouseError, match=r"reports/events/query\.sql was refused .*countx"):
        bench.load()


def test_every_step_is_in_the_ledger(bench):
    bench.ingest(event("a", JUNE[0]))
    result = bench.load()
    ledger = bench.ask(
        "SELECT run, `table`, step, from_date, `rows`, status FROM loads WHERE step <> 'check' ORDER BY id"
    )
    assert ledger == [(result.run, s.table, s.step, s.start, s.rows, "done") for s in result.steps]


def test_a_failed_load_keeps_the_old_rows_says_why_and_is_repaired_by_the_next(bench, store):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    before = bench.ask("SELECT * FROM events")
    bench.ingest(event("a", JUNE[0], country="x" * 300))
    with pytest.raises(StoreError, match=r"^events, 2026-06-01: country is .x"):
        bench.load()
    assert bench.ask("SELECT * FROM events") == before
    [(status, error)] = bench.ask("SELECT status, error FROM loads ORDER BY id DESC LIMIT 1")
    assert status == "failed"
    assert "events" in error
    bench.ingest(event("a", JUNE[0], country="Peru"))
    bench.load()
    assert bench.ask("SELECT country FROM active_users") == [("Peru",)]


def test_a_load_that_fails_in_its_last_report_leaves_all_reports_and_the_calendar_old(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    tables = [*(table.name for table in bench.inputs.catalog.reports), "days", "stretches", "slices"]
    before = {name: bench.ask(f"SELECT * FROM {name}") for name in tables}
    bench.ingest(event("b", JUNE[0]), event("b", JUNE[1]))
    last = bench.inputs.catalog.reports[-1].name

    def fail(step):
        if (step.table, step.step) == (last, "store"):
            raise StoreError("the power went")

    with pytest.raises(StoreError, match="the power went"):
        load(bench.environment, bench.warehouse, bench.inputs, Request(), fail)
    assert {name: bench.ask(f"SELECT * FROM {name}") for name in tables} == before
    bench.load()
    assert bench.ask("SELECT date, SUM(wau) FROM active_users GROUP BY date") == [(JUNE[0], 1), (JUNE[1], 1)]


def test_a_report_that_is_asked_for_brings_its_rollups(bench):
    bench.ingest(event("a", JUNE[0]))
    result = bench.load(report="events")
    stored_tables = {table for table, *_ in stored(result)}
    assert stored_tables == {"events", "events_by_place", "events_by_version", "places", "versions"}
    [sums] = bench.ask(
        "SELECT (SELECT SUM(events) FROM events), (SELECT SUM(events) FROM events_by_place), "
        "(SELECT SUM(events) FROM events_by_version), (SELECT SUM(events) FROM places), "
        "(SELECT SUM(events) FROM versions)"
    )
    assert sums == (1, 1, 1, 1, 1)


def test_stretches_say_since_when_days_are_loaded_without_a_gap(bench):
    bench.ingest(event("a", JUNE[0]), event("a", JUNE[1]))
    bench.load()
    assert bench.ask("SELECT * FROM stretches") == [(JUNE[0], JUNE[0]), (JUNE[1], JUNE[0])]
    # A second source, which begins after a gap.
    web = name_source("web", Source(schema="ga4"), "test")
    bench.inputs = replace(bench.inputs, sources={"app": APP, "web": web})
    ingest(bench.warehouse, [write_file(bench.folder / "web.ndjson", [event("a", JUNE[3])])], web)
    bench.load()
    assert bench.ask("SELECT * FROM stretches ORDER BY date") == [
        (JUNE[0], JUNE[0]),
        (JUNE[1], JUNE[0]),
        (JUNE[3], JUNE[3]),
    ]


def test_a_store_from_before_there_were_stretches_gets_them_at_once(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    with connected(bench.environment, "loader") as connection:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE stretches")
        make_own_tables(connection)
    assert bench.ask("SELECT * FROM stretches") == [(JUNE[0], JUNE[0])]


def test_two_loads_at_once_are_refused(bench, monkeypatch):
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0)
    bench.ingest(event("a", JUNE[0]))
    with (
        connected(bench.environment, "loader") as other,
        load_lock(other),
        pytest.raises(StoreError, match="Another load is running"),
    ):
        bench.load()


def test_days_outside_the_data_are_named_with_the_days_there_are(bench):
    with pytest.raises(RangeError, match="no data yet"):
        bench.load()
    bench.ingest(event("a", JUNE[0]), event("a", JUNE[2]))
    with pytest.raises(RangeError, match="no data for 2027-01-01: the loaded days run from 2026-06-01 to 2026-06-03"):
        bench.load(start=dt.date(2027, 1, 1))
    with pytest.raises(RangeError, match="lies after"):
        bench.load(start=JUNE[2], end=JUNE[0])


def test_an_unknown_report_is_named_with_those_there_are(bench):
    with pytest.raises(DeclarationError, match=r"the reports are .*daily_report"):
        bench.load(report="dayly_report")


def test_a_database_that_does_not_answer_is_named(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.environment = bench.environment.model_copy(update={"mysql_port": 1})
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1 does not answer .*groundup up mysql"):
        bench.load()


def test_a_wrong_password_is_named(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.environment = bench.environment.model_copy(update={"mysql_loader_password": "wrong"})
    with pytest.raises(StoreError, match="refuses the password"):
        bench.load()
