"""What the report store holds, and how often it is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from loaders.store.connection import connected
from loaders.store.tables import make_missing_tables, make_own_tables
from superset_config.store_state import NOTHING, StoreState, state_of
from tests import definitions
from tests.conftest import Stack

ROWS = [
    ("table", "events", "d1", ""),
    ("table", "versions", "d1", ""),
    ("table", "growth", "d1", ""),
    ("slices", "events", "d1", "60.1"),
    ("slices", "versions", "d1", "60.2"),
    ("slices", "growth", "d1", "60.3"),
    ("own", "stretches", "", "60.4"),
    ("newest", "", "", "2026-10-31"),
]
ROLLUP_OF = {"versions": "events"}


def changed(row: tuple[str, ...], to: tuple[str, ...]) -> set[str]:
    """The tables whose version changes with a row."""
    before = state_of(ROWS, ROLLUP_OF).versions
    after = state_of([to if known == row else known for known in ROWS], ROLLUP_OF).versions
    return {table for table in before if before[table] != after[table]}


def test_a_report_changes_alone() -> None:
    assert changed(("slices", "growth", "d1", "60.3"), ("slices", "growth", "d1", "60.9")) == {"growth"}


@pytest.mark.parametrize("row", [("slices", "events", "d1", "60.1"), ("slices", "versions", "d1", "60.2")])
def test_a_report_and_its_rollups_change_together(row: tuple[str, ...]) -> None:
    assert changed(row, (*row[:3], "60.9")) == {"events", "versions"}


def test_what_is_filled_beside_a_report_counts_when_it_is_swapped_in() -> None:
    assert not changed(("slices", "growth", "d2", "60.3"), ("slices", "growth", "d2", "60.3"))
    beside = [*ROWS, ("slices", "growth", "d2", "60.5")]
    assert state_of(beside, ROLLUP_OF) == state_of(ROWS, ROLLUP_OF)
    assert changed(("table", "growth", "d1", ""), ("table", "growth", "d2", "")) == {"growth"}


def test_ranges_end_with_the_newest_day() -> None:
    assert state_of(ROWS, ROLLUP_OF).end == "2026-11-01"
    assert NOTHING.end == "today"
    assert state_of([("newest", "", "", None)], {}).end == "today"


class Store:
    """A store whose ledger and rows are to be had, or not."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ledger: list[tuple[Any, ...]] = [(1, 1)]
        self.rows: list[tuple[Any, ...]] = list(ROWS)
        self.asked = 0

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        self.asked += 1
        return self.rows if "UNION" in query else self.ledger

    def state(self) -> StoreState:
        return StoreState(self.ask, lambda: self.now)


def test_a_load_is_seen_after_a_second() -> None:
    store = Store()
    state = store.state()
    assert state.current().versions["growth"] == "growth d1.60.3"
    store.rows[5], store.ledger = ("slices", "growth", "d1", "60.9"), [(2, 1)]
    store.now = 0.9
    assert state.current().versions["growth"] == "growth d1.60.3"
    store.now = 1.0
    assert state.current().versions["growth"] == "growth d1.60.9"


def test_a_quiet_store_is_asked_for_its_ledger_alone() -> None:
    store = Store()
    state = store.state()
    state.current()
    asked = store.asked
    store.now = 5.0
    state.current()
    assert store.asked == asked + 1


def test_what_changed_without_a_word_in_the_ledger_is_found() -> None:
    store = Store()
    state = store.state()
    state.current()
    store.rows[5] = ("slices", "growth", "d1", "60.9")
    store.now = 10.0
    assert state.current().versions["growth"] == "growth d1.60.9"


def test_while_the_store_is_away_what_it_said_holds_for_a_minute() -> None:
    store = Store()
    state = store.state()
    known = state.current()
    store.ledger = []
    store.now = 1.0
    assert state.current() == known
    store.now = 59.0
    assert state.current() == known
    store.now = 65.0
    assert state.current() == NOTHING
    store.ledger = [(1, 1)]
    store.now = 70.0
    assert state.current() == known


def test_the_settings_get_the_newest_day() -> None:
    settings: dict[str, Any] = {}
    assert Store().state().count_from_newest_day(settings).newest == dt.date(2026, 10, 31)
    assert settings == {"DEFAULT_RELATIVE_START_TIME": "2026-11-01", "DEFAULT_RELATIVE_END_TIME": "2026-11-01"}


def test_every_change_of_a_real_store_changes_a_version(store: Stack) -> None:
    """Also one in which all rows change alike, which sums and exclusive ors are blind to."""
    with connected(store.environment, "loader") as connection, connection.cursor() as cursor:
        make_own_tables(connection)
        make_missing_tables(connection, definitions.catalog().reports)

        def ask(query: str) -> list[tuple[Any, ...]]:
            cursor.execute(query)
            return list(cursor.fetchall())

        def versions() -> dict[str, str]:
            return dict(StoreState(ask).current().versions)

        def changed_by(statement: str) -> set[str]:
            before = versions()
            cursor.execute(statement)
            after = versions()
            return {table for table in after if before[table] != after[table]}

        declaration = "SUBSTRING_INDEX(table_comment, ' · declaration ', -1)"
        cursor.execute(
            f"INSERT INTO slices SELECT 'growth', {declaration}, '2026-10-01' + INTERVAL n DAY, MD5(n), 1, 'run-1' "
            "FROM information_schema.tables JOIN (SELECT 0 AS n UNION ALL SELECT 1) AS days "
            "WHERE table_schema = DATABASE() AND table_name = 'growth'"
        )
        growth = {"growth", "growth_by_platform"}
        assert changed_by("UPDATE slices SET run = 'run-2' WHERE report = 'growth'") == growth | {"slices"}
        assert changed_by("DELETE FROM slices WHERE report = 'growth' LIMIT 1") == growth | {"slices"}
        assert changed_by("INSERT INTO days VALUES ('2026-10-01', 's', NULL, 0, '2026-10-04')") == {"days"}
        assert changed_by("UPDATE days SET modified_at = '2026-10-02'") == {"days"}
        assert changed_by("INSERT INTO stretches VALUES ('2026-10-01', '2026-10-01')") == {"stretches"}
        assert changed_by("INSERT INTO store_apps VALUES ('apple', '1', 'ours', 'A')") == {"store_apps"}
        assert changed_by("INSERT INTO store_ranks VALUES ('2026-10-01', 's', 'HK', 'c', 1, '1', 'A', 'P')") == {
            "store_ranks"
        }
        connection.rollback()
