from __future__ import annotations

import datetime as dt

import pytest

from superset_config.executions import MOST_BEGINNINGS, moment, next_step


@pytest.mark.parametrize(
    ("states", "beginnings", "step"),
    [
        ([], 1, "begin"),
        ([], 2, "begin"),  # a report that was sent before leaves no row when it begins
        (["Working"], 2, "begin"),
        (["Working", "Success"], 2, "done"),
        (["Working", "Error"], 2, "done"),
        (["On Grace"], 2, "done"),
        (["Working"], MOST_BEGINNINGS + 1, "give up"),
        ([], MOST_BEGINNINGS + 1, "give up"),
    ],
)
def test_an_execution_that_comes_again(states: list[str], beginnings: int, step: str) -> None:
    assert next_step(states, beginnings) == step


def test_a_moment_has_no_time_zone_for_the_database() -> None:
    due = dt.datetime(2026, 11, 25, 8)
    assert moment("2026-11-25T08:00:00+00:00") == moment("2026-11-25T17:00:00+09:00") == moment(due) == due
    assert moment(None).tzinfo is None
