from __future__ import annotations

import datetime as dt

from orchestration.bill import bill_lines, bill_query, is_too_much, spent, verdict

NOVEMBER = dt.date(2026, 11, 1)
DAYS = [
    {"day": "2026-11-01", "bytes": 5 * 2**30, "usd": 30.0},
    {"day": "2026-11-02", "bytes": 2**29, "usd": 10.5},
]


def test_a_line_a_day_and_their_sum() -> None:
    assert bill_lines(DAYS) == [
        "2026-11-01          5.00 GiB  $   30.0000",
        "2026-11-02          0.50 GiB  $   10.5000",
    ]
    assert spent(DAYS) == 40.5
    assert spent([]) == 0


def test_the_month_is_asked_for_from_its_first_day_to_the_next_ones() -> None:
    assert "started_at >= '2026-12-01' AND started_at < '2027-01-01'" in bill_query(dt.date(2026, 12, 31))


def test_the_verdict_says_what_share_is_spent() -> None:
    assert verdict(NOVEMBER, 40.5, 50) == "The loads of 2026-11 have cost $40.50 so far, 81% of its budget of $50.00."
    assert verdict(NOVEMBER, 0, 0) == "The loads of 2026-11 have cost $0.00 so far; its budget is $0.00."


def test_more_than_four_fifths_are_too_much() -> None:
    assert not is_too_much(40, 50)
    assert is_too_much(40.01, 50)
    assert not is_too_much(0, 0)
    assert is_too_much(0.01, 0)
