"""What the loads of a month have cost, day by day, against the budget. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

# Over this share of the budget, somebody should know while there is still time.
LOUD_SHARE = 0.8
GIB = 2**30


def bill_query(month: dt.date) -> str:
    """The statement for the ledger that gives each day's bytes and dollars of the month (UTC)."""
    following = (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return (
        "SELECT DATE(started_at) AS day, CAST(SUM(bytes_billed) AS SIGNED) AS bytes, "
        "CAST(SUM(usd) AS DOUBLE) AS usd FROM loads "
        f"WHERE started_at >= '{month:%Y-%m-01}' AND started_at < '{following}' GROUP BY 1 ORDER BY 1"
    )


def bill_lines(days: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line a day."""
    return [f"{day['day']}  {day['bytes'] / GIB:12,.2f} GiB  ${float(day['usd']):10.4f}" for day in days]


def spent(days: Sequence[Mapping[str, Any]]) -> float:
    """The dollars of all days together."""
    return sum(float(day["usd"]) for day in days)


def verdict(month: dt.date, usd: float, budget: float) -> str:
    """How the month stands, in one sentence."""
    share = f", {usd / budget:.0%} of its budget of ${budget:,.2f}" if budget else "; its budget is $0.00"
    return f"The loads of {month:%Y-%m} have cost ${usd:,.2f} so far{share}."


def is_too_much(usd: float, budget: float) -> bool:
    """Whether so much is spent that somebody should know."""
    return usd > LOUD_SHARE * budget
