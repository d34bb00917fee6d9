"""The plan says what the load then does, and nothing is planned after it."""

import datetime as dt
import shutil

import pytest
import yaml

from loaders.catalog import LOADERS, load_catalog
from loaders.errors import RangeError
from loaders.ingest import remove_source
from loaders.plan import Request
from loaders.planning import make_plan
from loaders.run import Inputs
from loaders.store.connection import connected
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.loaders.store.conftest import drop_all
from tests.loaders.test_run import APP, JUNE, METRICS, Bench, event

DAY = dt.timedelta(days=1)


@pytest.fixture
def bench(store, tmp_path):
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield Bench(store.environment, warehouse, tmp_path)


def planned(bench, **request):
    steps = make_plan(bench.environment, bench.warehouse, bench.inputs, Request(**request)).steps
    return {(step.step, step.table, step.start, step.end, step.reason) for step in steps}


def done(bench, **request):
    return {(step.step, step.table, step.start, step.end, step.reason) for step in bench.load(**request).steps}


def days_of(steps):
    return {
        (step, table, start + n * DAY) for step, table, start, end, _ in steps for n in range((end - start).days + 1)
    }


def test_the_first_load_is_planned_to_the_step(bench):
    bench.ingest(*(event("a", day) for day in JUNE))
    foreseen = planned(bench)
    assert ("compute", "events_flat", JUNE[0], JUNE[29], "new") in foreseen
    assert ("store", "retention", JUNE[0], JUNE[29], "new") in foreseen
    assert foreseen == done(bench)
    assert planned(bench) == set()


def test_a_day_more_is_planned_to_the_step(bench):
    bench.ingest(*(event("a", day) for day in JUNE[:20]))
    bench.load()
    bench.ingest(event("b", JUNE[20]))
    foreseen = planned(bench)
    assert {start for _, _, start, _, _ in foreseen} == {JUNE[20]}
    assert foreseen == done(bench)
    assert planned(bench) == set()


def test_of_a_restated_day_no_less_is_planned_than_is_done(bench):
    bench.ingest(*(event("a", day) for day in JUNE), *(event("b", day) for day in JUNE))
    bench.load()
    bench.ingest(event("b", JUNE[20]))
    foreseen = planned(bench)
    assert ("compute", "events_flat", JUNE[20], JUNE[20], "restated at the source") in foreseen
    loaded = done(bench)
    assert days_of(loaded) <= days_of(foreseen)
    # What does not depend on anybody's first day is known exactly.
    exact = {"events_flat", "user_days", "events", "event_params"}
    assert {step for step in loaded if step[1] in exact} == {step for step in foreseen if step[1] in exact}
    assert planned(bench) == set()


def test_a_removed_day_is_planned_to_leave(bench):
    bench.ingest(event("a", JUNE[0]), event("a", JUNE[1]))
    bench.load()
    remove_source(bench.warehouse, "app")
    bench.ingest(event("a", JUNE[1]))
    assert ("store", "events", JUNE[0], JUNE[0], "removed at the source") in planned(bench)
    bench.load()
    assert planned(bench) == set()


def test_only_what_is_asked_for_is_planned(bench):
    bench.ingest(*(event("a", day) for day in JUNE))
    request = {"start": JUNE[9], "end": JUNE[10], "report": "daily_report"}
    assert planned(bench, **request) == done(bench, **request)
    assert planned(bench, **request) == set()


def test_what_is_forced_is_planned_although_nothing_has_changed(bench):
    bench.ingest(event("a", JUNE[0]))
    bench.load()
    foreseen = planned(bench, force=True)
    assert {reason for *_, reason in foreseen} == {"forced"}
    assert foreseen == done(bench, force=True)


def test_a_changed_query_is_computed_from_staging_without_reading_the_export(bench, tmp_path):
    bench.ingest(*(event("a", day) for day in JUNE[:7]))
    bench.load()
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    query = tmp_path / "project/reports/events/query.sql"
    query.write_text(query.read_text() + "-- Another text is another query.\n")
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    foreseen = planned(bench)
    assert ("compute", "events", JUNE[0], JUNE[6], "definition changed") in foreseen
    assert not {step for step in foreseen if step[1] in {"events_flat", "user_days", "users"}}
    assert foreseen == done(bench)
    assert planned(bench) == set()


def test_a_changed_declaration_is_planned_with_all_days(bench, tmp_path):
    bench.ingest(*(event("a", day) for day in JUNE[:7]))
    bench.load()
    shutil.copytree(LOADERS / "staging", tmp_path / "project/staging")
    shutil.copytree(LOADERS / "reports", tmp_path / "project/reports")
    path = tmp_path / "project/reports/growth/report.yaml"
    declared = yaml.safe_load(path.read_text())
    declared["description"] = "Growth, said otherwise."
    path.write_text(yaml.safe_dump(declared))
    bench.inputs = Inputs(load_catalog(METRICS, tmp_path / "project"), METRICS, {"app": APP})
    foreseen = planned(bench, start=JUNE[3], end=JUNE[3])
    assert foreseen == {("store", "growth", JUNE[0], JUNE[6], "new")}
    assert foreseen == done(bench, start=JUNE[3], end=JUNE[3])


def test_nothing_is_changed_by_planning(bench):
    bench.ingest(event("a", JUNE[0]))
    assert planned(bench) == planned(bench)
    assert bench.warehouse.partitions("events_flat") == {}
    assert bench.ask("SHOW TABLES") == []


def test_days_outside_the_data_are_refused_as_a_load_does(bench):
    bench.ingest(event("a", JUNE[0]))
    with pytest.raises(RangeError, match="no data for 2031-01-01"):
        planned(bench, start=dt.date(2031, 1, 1))
