"""Which questions are remembered, and how often that is written down."""

from __future__ import annotations

import fnmatch
from datetime import timedelta
from typing import Any

import pytest

from superset_config.asked import Asked, question_of

BODY = {"result_format": "json", "result_type": "full", "force": False, "queries": [{"columns": ["date"]}]}


class Redis:
    """As much of Redis as is asked for."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.lives: dict[str, float] = {}

    def set(self, name: str, text: str, ex: timedelta) -> None:
        self.texts[name] = text
        self.lives[name] = ex.total_seconds()

    def ttl(self, name: str) -> float:
        return self.lives[name]

    def get(self, name: str) -> str:
        return self.texts[name]

    def scan_iter(self, match: str, count: int) -> list[str]:
        assert count
        return fnmatch.filter(self.texts, match)


class Away(Redis):
    def set(self, name: str, text: str, ex: timedelta) -> None:
        raise ConnectionError(name, text, ex)


def test_a_question_is_one_however_it_was_asked() -> None:
    assert question_of({**BODY, "force": True}) == question_of(dict(reversed(BODY.items())))


@pytest.mark.parametrize("body", [None, [], {}, {**BODY, "result_format": "csv"}, {**BODY, "result_type": "samples"}])
def test_what_is_no_chart_on_a_page_is_not_remembered(body: Any) -> None:
    redis = Redis()
    Asked(redis).note(body)
    assert redis.texts == {}


def test_a_question_that_is_too_long_is_not_remembered() -> None:
    assert question_of({**BODY, "form_data": "x" * 70_000}) is None


def test_what_many_ask_is_written_down_once_an_hour() -> None:
    now = 0.0
    redis = Redis()
    asked = Asked(redis, lambda: now)
    asked.note(BODY)
    [name] = redis.texts
    redis.lives[name] = 1.0
    now = 3_599.0
    asked.note(BODY)
    assert redis.lives[name] == 1.0
    now = 3_600.0
    asked.note(BODY)
    assert redis.lives[name] == timedelta(days=7).total_seconds()


def test_what_was_asked_last_comes_first() -> None:
    redis = Redis()
    asked = Asked(redis)
    for column in ("a", "b"):
        asked.note({**BODY, "queries": [column]})
    first, _ = redis.lives
    redis.lives[first] = 1.0
    assert [question["queries"] for question in asked.newest()] == [["b"], ["a"]]


def test_nobody_waits_for_a_redis_that_is_away() -> None:
    Asked(Away()).note(BODY)
