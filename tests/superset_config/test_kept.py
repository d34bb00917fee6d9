"""When a figure in the cache holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from superset_config.kept import keep
from superset_config.store_state import State

TODAY = dt.date(2026, 11, 2)
TOMORROW = dt.date(2026, 11, 3)
STATE = State({"events": "1", "growth": "1", "stretches": "1"}, dt.date(2026, 10, 31))
LAST_QUARTER = "SELECT SUM(events) FROM events WHERE date >= '2026-08-01' AND date < '2026-11-01'"


def test_it_holds_while_its_tables_do() -> None:
    kept, is_told = keep({"query": LAST_QUARTER}, {"events", "stretches"}, STATE, TODAY)
    assert is_told
    assert kept.holds(replace(STATE, versions={**STATE.versions, "growth": "2"}), TOMORROW)
    assert not kept.holds(replace(STATE, versions={**STATE.versions, "events": "2"}), TODAY)
    assert not kept.holds(replace(STATE, versions={**STATE.versions, "stretches": "2"}), TODAY)


def test_it_does_not_hold_while_the_store_says_nothing() -> None:
    kept, _ = keep({"query": LAST_QUARTER}, {"events"}, STATE, TODAY)
    assert not kept.holds(State({}), TODAY)


def test_the_last_quarter_is_another_one_when_a_day_is_loaded() -> None:
    kept, _ = keep({"query": LAST_QUARTER}, {"events"}, STATE, TODAY)
    assert not kept.holds(replace(STATE, newest=dt.date(2026, 11, 1)), TODAY)


def test_a_range_that_may_come_from_the_clock_holds_on_its_day() -> None:
    kept, _ = keep({"query": LAST_QUARTER.replace("'2026-11-01'", "'2026-10-01'")}, {"events"}, STATE, TODAY)
    assert kept.holds(STATE, TODAY)
    assert not kept.holds(STATE, TOMORROW)


def test_without_a_newest_day_every_range_comes_from_the_clock() -> None:
    state = replace(STATE, newest=None)
    kept, _ = keep({"query": LAST_QUARTER}, {"events"}, state, TODAY)
    assert not kept.holds(state, TOMORROW)


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("SELECT * FROM somebody_s", {"somebody_s"}),
        ("SELECT * FROM events JOIN somebody_s", {"events", "somebody_s"}),
        ("SELECT COUNT(*) FROM events WHERE at > UTC_TIMESTAMP()", {"events"}),
        ("SELECT COUNT(*) FROM events WHERE date < curdate()", {"events"}),
        ("cannot be read", set()),
    ],
)
def test_what_changes_without_a_word_is_not_told(query: str, tables: set[str]) -> None:
    _, is_told = keep({"query": query}, tables, STATE, TODAY)
    assert not is_told


def test_what_is_no_answer_of_the_store_is_not_told() -> None:
    _, is_told = keep(["a", "list"], (), STATE, TODAY)
    assert not is_told
