"""The demo comes by itself once, and never against somebody's wish."""

import datetime as dt
from pathlib import Path

import pytest

from loaders import first_run
from loaders.first_run import ingest_demo, load_demo_if_empty, remove_demo
from loaders.ingest import remove_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import Environment


def test_a_removal_that_was_cut_short_is_not_undone_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Environment(home=tmp_path)
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        ingest_demo(warehouse, days=2, users=20, seed=1, end=dt.date(2026, 6, 2))

        def last_one_kills(warehouse: DuckDBWarehouse, name: str) -> int:
            removed = remove_source(warehouse, name)
            if not warehouse.daily_tables():
                pytest.exit("killed")
            return removed

        monkeypatch.setattr(first_run, "remove_source", last_one_kills)
        with pytest.raises(pytest.exit.Exception):
            remove_demo(warehouse)
    load_demo_if_empty(environment, pytest.fail)
