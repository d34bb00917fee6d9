from __future__ import annotations

from typing import Any

import pytest

from superset_sync.diff import field_changes, lines


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ["a.c: 2 → 3"]),
        ({"a": 1}, {"b": 1}, ["b: + 1", "a: - 1"]),
        ({"a": 1}, {"a": True}, ["a: 1 → true"]),
        ({"a": None}, {"a": "x"}, ['a: null → "x"']),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a: [1, 2] → [2, 1]"]),
        (
            {"filters": [{"id": "A", "name": "Country"}, {"id": "B", "name": "Dates"}]},
            {"filters": [{"id": "A", "name": "Land"}, {"id": "B", "name": "Dates"}]},
            ['filters[A].name: "Country" → "Land"'],
        ),
        (
            {"filters": [{"id": "A"}, {"id": "B"}]},
            {"filters": [{"id": "B"}]},
            ['filters[A]: - {"id": "A"}'],
        ),
        (
            {"filters": [{"id": "A"}, {"id": "B"}]},
            {"filters": [{"id": "B"}, {"id": "A"}]},
            ['filters: [{"id": "A"}, {"id": "B"}] → [{"id": "B"}, {"id": "A"}]'],
        ),
        ({"sql": "a\nb\nc"}, {"sql": "a\nB\nc"}, ["sql:", "  - b", "  + B"]),
    ],
)
def test_the_smallest_fields_that_differ_are_shown(before: Any, after: Any, shown: list[str]) -> None:
    assert [line for change in field_changes(before, after) for line in lines(change)] == shown


def test_a_long_value_is_shortened() -> None:
    (change,) = field_changes({"a": 1}, {"a": "x" * 500})
    (line,) = lines(change)
    assert line.endswith("…") and len(line) < 120


def test_the_same_has_no_changes() -> None:
    assert field_changes({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == []
