"""The Firebase export of 2017: bundles, whose events may lie on several days."""

import datetime as dt
import json

import pytest

from loaders.errors import ExportFileError
from loaders.export_days import IngestedDay
from loaders.ingest import ingest
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse

APP = name_source("app", Source(schema="firebase"), "test")
FIRST, SECOND = dt.date(2017, 9, 13), dt.date(2017, 9, 14)


def bundle(*events: tuple[str, str], user: str = "u") -> dict[str, object]:
    return {
        "user_dim": {"app_info": {"app_instance_id": user}},
        "event_dim": [{"date": day, "name": name, "timestamp_micros": 1} for day, name in events],
    }


@pytest.fixture
def warehouse(tmp_path):
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield warehouse


@pytest.fixture
def write(tmp_path):
    def write(name, *bundles):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in bundles))
        return path

    return write


def events(warehouse):
    query = "SELECT _TABLE_SUFFIX, unnest(event_dim).name FROM exports.app ORDER BY ALL"
    return warehouse.connection.execute(query).fetchall()


def test_a_bundle_over_midnight_counts_on_both_days(warehouse, write):
    path = write("app_events_20170914.json", bundle(("20170913", "late"), ("20170914", "early")))
    assert ingest(warehouse, [path], APP) == [IngestedDay(FIRST, 0, 1), IngestedDay(SECOND, 0, 1)]
    assert events(warehouse) == [("20170913", "late"), ("20170914", "early")]


def test_a_delivery_replaces_itself_and_no_other_whatever_days_its_events_lie_on(warehouse, write):
    first = write("app_events_20170913.json", bundle(("20170913", "a")))
    second = write("app_events_20170914.json", bundle(("20170913", "b"), ("20170914", "c")))
    for order in ([first, second], [second, first, second]):
        for path in order:
            ingest(warehouse, [path], APP)
        assert events(warehouse) == [("20170913", "a"), ("20170913", "b"), ("20170914", "c")]
    write("app_events_20170914.json", bundle(("20170914", "d")))
    assert ingest(warehouse, [second], APP) == [IngestedDay(FIRST, 2, 1), IngestedDay(SECOND, 1, 1)]


def test_a_day_that_loses_one_of_two_deliveries_of_one_ingest_has_changed(warehouse, write):
    first = write("app_events_20170913.json", bundle(("20170913", "a")))
    second = write("app_events_20170914.json", bundle(("20170913", "b"), ("20170914", "c")))
    ingest(warehouse, [first, second], APP)
    [both] = [day.version for day in warehouse.daily_tables() if day.date == FIRST]
    write("app_events_20170914.json", bundle(("20170914", "d")))
    ingest(warehouse, [second], APP)
    [one] = [day.version for day in warehouse.daily_tables() if day.date == FIRST]
    assert one != both


def test_without_a_day_in_the_files_name_a_bundle_belongs_to_its_last_event(warehouse, write):
    ingest(
        warehouse, [write("export.json", bundle(("20170913", "a")), bundle(("20170913", "b"), ("20170914", "c")))], APP
    )
    ingest(warehouse, [write("app_events_20170914.json", bundle(("20170914", "d")))], APP)
    assert events(warehouse) == [("20170913", "a"), ("20170914", "d")]


def test_an_event_without_a_day_is_named_and_nothing_is_lost_in_silence(warehouse, write):
    path = write("export.json", bundle(("20170913", "a")), bundle(("20170913", "b"), (None, "c")))
    with pytest.raises(ExportFileError, match=r"export\.json, line 2: event_dim\.date None is no day"):
        ingest(warehouse, [path], APP)
    assert warehouse.daily_tables() == []


def test_a_wrong_type_deep_inside_is_named_by_its_place(warehouse, write):
    row = bundle(("20170913", "a"))
    row["event_dim"][0]["params"] = [{"key": "n", "value": {"int_value": "many"}}]
    with pytest.raises(ExportFileError, match=r"line 1: event_dim\[0\]\.params\[0\]\.value\.int_value is 'many'"):
        ingest(warehouse, [write("export.json", row)], APP)


def test_todays_schema_is_called_that(warehouse, write):
    with pytest.raises(ExportFileError, match="is an export of schema ga4, not firebase"):
        ingest(warehouse, [write("x.json", {"event_date": "20260101", "event_name": "open"})], APP)
