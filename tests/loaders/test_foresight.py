"""What a load would bring up to date is known before it runs: never less than what it then stores."""

import datetime as dt

import pytest

from loaders.compute import compute, report_versions
from loaders.day_calendar import make_calendar
from loaders.decisions import days_to_store
from loaders.foresight import foresee
from loaders.ingest import ingest, remove_source
from loaders.plan import Request
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests import definitions
from tests.pipeline import write_file

APP = name_source("app", Source(schema="ga4"), "test")
CATALOG = definitions.catalog()
JUNE = [dt.date(2026, 6, day) for day in range(1, 31)]


class Bench:
    """A warehouse, and the versions that a store would hold after the last load."""

    def __init__(self, folder):
        self.folder = folder
        self.warehouse = DuckDBWarehouse(folder / "warehouse.duckdb")
        self.held = {table.name: {} for table in CATALOG.reports}

    def ingest(self, *days, user="a"):
        rows = [
            {"event_date": f"{day:%Y%m%d}", "event_timestamp": 1, "event_name": "take_photo", "user_pseudo_id": user}
            for day in days
        ]
        ingest(self.warehouse, [write_file(self.folder / "events.ndjson", rows)], APP)

    def calendar(self):
        return make_calendar(self.warehouse.daily_tables(), {"app": APP}, (), 3)

    def stale(self):
        partitions = {name: self.warehouse.partitions(name) for name in CATALOG.tables}
        foreseen = foresee(CATALOG, self.calendar(), self.warehouse.daily_tables(), {"app": APP}, partitions, Request())
        return {name: set(days_to_store(self.held[name], versions)) for name, versions in foreseen.versions.items()}

    def compute(self):
        compute(self.warehouse, CATALOG, self.calendar(), {"app": APP}, Request())

    def load(self):
        """Brings everything up to date, and tells which days of each report that changed."""
        self.compute()
        before = self.held
        self.held = {table.name: report_versions(self.warehouse, table) for table in CATALOG.reports}
        return {
            name: {day for day in {*before[name], *now} if before[name].get(day) != now.get(day)}
            for name, now in self.held.items()
        }


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.warehouse.close()


def test_everything_is_stale_before_the_first_load_and_nothing_after_it(bench):
    bench.ingest(*JUNE[:5])
    foreseen = bench.stale()
    assert foreseen == bench.load()
    assert not any(bench.stale().values())


def test_a_day_more_and_a_day_restated_reach_as_far_as_the_load_does(bench):
    bench.ingest(*JUNE)
    bench.load()
    for day in (JUNE[29] + dt.timedelta(days=1), JUNE[20]):
        bench.ingest(day, user="b")
        foreseen = bench.stale()
        assert day in foreseen["daily_report"]
        stored = bench.load()
        assert all(foreseen[name] & stored[name] and day in foreseen[name] for name in ("events", "active_users"))
        assert foreseen["events"] == stored["events"]
        assert foreseen["event_params"] == stored["event_params"]


def test_what_is_computed_and_not_stored_is_stale(bench):
    bench.ingest(*JUNE[:3])
    bench.compute()
    assert bench.stale()["growth"] == set(JUNE[:3])


def test_days_that_were_removed_are_stale_until_they_are_gone(bench):
    bench.ingest(*JUNE[:3])
    bench.load()
    remove_source(bench.warehouse, "app")
    assert bench.stale()["events"] == set(JUNE[:3])
    bench.load()
    assert not any(bench.stale().values())
