"""Which rollups may be read at a moment."""

from __future__ import annotations

from superset_config.rollup_sql import Rollup
from superset_config.rollups import Choice, Held, current, read_rollups

DAYS = ("2026-06-01", "2026-06-30", 30)
SQL = "SELECT app_version, SUM(events) FROM events GROUP BY app_version"


def rollup(name: str) -> Rollup:
    return Rollup(name, "events", frozenset({"date"}), frozenset({"events"}))


def test_the_smallest_comes_first() -> None:
    held = {"events": Held(DAYS, 90), "a": Held(DAYS, 20), "b": Held(DAYS, 5)}
    assert [found.name for found in current([rollup("a"), rollup("b")], held)] == ["b", "a"]


def test_one_that_lacks_days_of_its_report_waits_for_the_next_load() -> None:
    held = {"events": Held(DAYS, 90), "a": Held(("2026-06-01", "2026-06-29", 29), 20)}
    assert current([rollup("a"), rollup("that_is_not_made_yet")], held) == []


def test_every_rollup_of_the_reports_is_known() -> None:
    reports, rollups = read_rollups()
    assert {"events", "daily_report", "active_users"} <= set(reports)
    [versions] = [found for found in rollups if found.name == "versions"]
    assert versions == Rollup("versions", "events", frozenset({"date", "app_version"}), frozenset({"events"}))
    assert "users" in reports["events"].figures


def test_the_store_is_asked_now_and_then() -> None:
    now = 0.0
    rows: list[tuple[object, ...]] = []
    choice = Choice(lambda _: rows, lambda: now)
    assert choice.rewrite(SQL) == SQL
    rows = [("events", *DAYS, 90), ("versions", *DAYS, 5)]
    assert choice.rewrite(SQL) == SQL
    now = 60.0
    assert choice.rewrite(SQL) == SQL.replace("FROM events", "FROM versions")


def test_it_is_asked_again_in_another_state_of_the_store() -> None:
    """Else an answer from a rollup that is behind would be kept as one of the new state, for a day."""
    rows: list[tuple[object, ...]] = [("events", *DAYS, 90), ("versions", *DAYS, 5)]
    choice = Choice(lambda _: rows, lambda: 0.0)
    assert "FROM versions" in choice.rewrite(SQL, "before")
    rows[0] = ("events", "2026-06-01", "2026-07-01", 31, 93)
    assert choice.rewrite(SQL, "after") == SQL
