"""Intraday exports: never beside daily ones, and a day counts once it is over in the property's time zone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loaders.errors import ExportFileError
from loaders.ingest import ingest
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse

DAILY = name_source("app", Source.model_validate({"schema": "ga4", "timezone": "Asia/Seoul"}), "test")
INTRADAY = DAILY.model_copy(update={"tables": "intraday"})
# In Seoul it is the 2nd of March already.
NOW = dt.datetime(2026, 3, 1, 16, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)

Write = Callable[..., Path]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield warehouse


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *days: str) -> Path:
        path = tmp_path / name
        event = {"event_timestamp": 1, "event_name": "open", "user_pseudo_id": "u"}
        path.write_text("".join(json.dumps({"event_date": day, **event}) + "\n" for day in days))
        return path

    return write


def days(warehouse: DuckDBWarehouse) -> list[tuple[str, int]]:
    return [(f"{table.date:%Y%m%d}", table.rows) for table in warehouse.daily_tables()]


@pytest.mark.parametrize("name", ["events_intraday_20260301.json", "app_events_intraday_20260301", "events_fresh_1"])
def test_a_source_of_daily_tables_takes_no_intraday_file(warehouse: DuckDBWarehouse, write: Write, name: str) -> None:
    with pytest.raises(ExportFileError, match="of an intraday table, and the source 'app' is made of daily ones"):
        ingest(warehouse, [write("events_20260228", "20260228"), write(name, "20260301")], DAILY)
    assert days(warehouse) == []


def test_an_intraday_source_takes_no_daily_file(warehouse: DuckDBWarehouse, write: Write) -> None:
    with pytest.raises(ExportFileError, match="is of a daily table, and the source 'app' is declared with"):
        ingest(warehouse, [write("events_20260301.json", "20260301")], INTRADAY)


def test_a_day_counts_once_it_is_over_where_the_property_is(warehouse: DuckDBWarehouse, write: Write) -> None:
    files = [write("events_intraday_20260301", "20260301"), write("events_intraday_20260302", "20260302", "20260302")]
    found = ingest(warehouse, files, INTRADAY, now=NOW)
    assert [(day.date, day.new_rows) for day in found] == [(dt.date(2026, 3, 1), 1)]
    assert days(warehouse) == [("20260301", 1)]
    ingest(warehouse, files, INTRADAY, now=MIDNIGHT)
    assert days(warehouse) == [("20260301", 1), ("20260302", 2)]


def test_a_day_alone_that_is_not_over_changes_nothing(warehouse: DuckDBWarehouse, write: Write) -> None:
    with pytest.raises(ExportFileError, match="2026-03-02 is not over yet in Asia/Seoul"):
        ingest(warehouse, [write("any", "20260302")], INTRADAY, now=NOW)
    assert days(warehouse) == []
