"""What relative ranges of days end with."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from superset_config.newest_day import NewestDay, count_from_newest_day


class App:
    """As much of a Flask application as is asked for."""

    def __init__(self) -> None:
        self.config: dict[str, str] = {}
        self.before: list[Any] = []

    def before_request(self, function: Any) -> None:
        self.before.append(function)


def test_every_request_counts_up_to_the_newest_day() -> None:
    app = App()
    count_from_newest_day(app, NewestDay(lambda _: [(dt.date(2026, 10, 31),)]))
    [refresh] = app.before
    # Superset takes what a `before_request` function gives back for the answer.
    assert refresh() is None
    assert app.config == {"DEFAULT_RELATIVE_START_TIME": "2026-11-01", "DEFAULT_RELATIVE_END_TIME": "2026-11-01"}


@pytest.mark.parametrize("rows", [[], [(None,)]])
def test_without_a_day_it_is_the_clock_s(rows: list[tuple[Any, ...]]) -> None:
    assert NewestDay(lambda _: rows).end() == "today"


def test_the_store_is_asked_once_a_minute() -> None:
    now = 0.0
    day = dt.date(2026, 10, 30)
    newest = NewestDay(lambda _: [(day,)], lambda: now)
    assert newest.end() == "2026-10-31"
    day = dt.date(2026, 10, 31)
    now = 59.0
    assert newest.end() == "2026-10-31"
    now = 60.0
    assert newest.end() == "2026-11-01"
