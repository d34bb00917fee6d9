from __future__ import annotations

import pytest

from superset_sync.undelivered import one_sentence


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("It failed.", "It failed"),
        ("One.;Two; and\n  three.", "One; Two; and three"),
        ("", "no reason was given"),
    ],
)
def test_a_reason_is_one_sentence(message: str, expected: str) -> None:
    assert one_sentence(message) == expected
