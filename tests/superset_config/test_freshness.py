from __future__ import annotations

import datetime as dt

import pytest

from superset_config.freshness import NewestDays, age, as_of, in_words, is_old

TODAY = dt.date(2026, 11, 26)


def days_ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days)


def test_a_page_is_as_old_as_the_oldest_of_its_reports() -> None:
    newest = {"daily_report": days_ago(1), "events": days_ago(3)}
    assert as_of({"daily_report", "events", "days"}, newest) == days_ago(3)
    assert as_of({"daily_report", "days"}, newest) == days_ago(1)


def test_a_page_of_nothing_has_no_day() -> None:
    assert as_of({"days"}, {"events": TODAY}) is None
    assert as_of(set(), {}) is None


@pytest.mark.parametrize(
    ("days", "words", "old"),
    [
        (-1, "still to come", False),
        (0, "today", False),
        (1, "yesterday", False),
        (2, "2 days ago", False),
        (3, "3 days ago", True),
    ],
)
def test_how_long_ago(days: int, words: str, old: bool) -> None:
    assert (age(days_ago(days), TODAY), is_old(days_ago(days), TODAY)) == (words, old)


def test_a_day_of_another_year_has_its_year() -> None:
    assert in_words(days_ago(1), TODAY) == "Wednesday 25 November"
    assert in_words(dt.date(2025, 3, 7), TODAY) == "Friday 7 March 2025"


def test_the_store_is_asked_once_a_minute_and_what_is_empty_is_left_out() -> None:
    asked = []
    now = [0.0]

    def ask(query: str) -> list[tuple[str, dt.date | None]]:
        asked.append(query)
        return [("events", days_ago(len(asked))), ("store_ranks", None)]

    newest = NewestDays(ask, lambda: now[0])
    assert newest.by_table() == {"events": days_ago(1)}
    now[0] = 59.9
    assert newest.by_table() == {"events": days_ago(1)}
    now[0] = 60.0
    assert newest.by_table() == {"events": days_ago(2)}
