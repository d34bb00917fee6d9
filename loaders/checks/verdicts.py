"""What a check has found, and what follows. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any, Literal

from loaders.checks.check import Check
from loaders.checks.declared import Freshness, RowCount
from loaders.checks.statement import DAY
from loaders.shown import shown

Status = Literal["passed", "warned", "failed"]

# A habit needs this many days to be one.
_LEAST_WEEKDAYS = 3
_LEAST_DAYS = 14


@dataclass(frozen=True)
class Result:
    """One check over the days that it looked at. `measured` and `expected` are None where there was nothing to say."""

    check: Check
    start: dt.date
    end: dt.date
    status: Status
    measured: float | None
    expected: float | None
    # Where and how it does not hold; empty when it does.
    message: str = ""


def of_violations(check: Check, start: dt.date, end: dt.date, found: Sequence[Mapping[str, Any]], count: int) -> Result:
    """Whether a query for violations gave none; `found` are the first ones of each stretch of days."""
    if not count:
        return Result(check, start, end, "passed", 0, 0)
    first = min(found, key=lambda row: str(row[DAY]))
    more = f", and {count - 1:,} more" if count > 1 else ""
    return Result(check, start, end, _broken(check), count, 0, f"{first[DAY]}: {_told(first)}{more}")


def of_row_counts(
    check: Check, declared: RowCount, rows: Mapping[dt.date, int], days: Collection[dt.date]
) -> Result | None:
    """Whether each of the days has about as many rows as usual; None when nothing is usual yet."""
    known = {day: usual for day in sorted(days) if (usual := usual_rows(rows, day, declared)) is not None}
    if not known:
        return None
    odd = [day for day, usual in known.items() if not _is_usual(rows.get(day, 0), usual, declared)]
    day = odd[0] if odd else max(known)
    status: Status = _broken(check) if odd else "passed"
    message = ""
    if odd:
        habit = (
            "on the same weekday of the 4 weeks before" if declared.usual == "same_weekday" else "in the 28 days before"
        )
        more = f", and {len(odd) - 1:,} more days" if len(odd) > 1 else ""
        message = f"{day}: {rows.get(day, 0):,} rows, usually {known[day]:,.0f} {habit}{more}"
    return Result(check, min(known), max(known), status, rows.get(day, 0), known[day], message)


def usual_rows(rows: Mapping[dt.date, int], day: dt.date, declared: RowCount) -> float | None:
    """The median of the days that make the habit; None when there are too few of them, or too few rows."""
    weekly = declared.usual == "same_weekday"
    before = [day - dt.timedelta(days=ago) for ago in (range(7, 29, 7) if weekly else range(1, 29))]
    counts = [rows[each] for each in before if each in rows]
    if len(counts) < (_LEAST_WEEKDAYS if weekly else _LEAST_DAYS):
        return None
    usual = median(counts)
    return usual if usual >= declared.smallest else None


def _is_usual(count: int, usual: float, declared: RowCount) -> bool:
    return count >= declared.at_least * usual and (declared.at_most is None or count <= declared.at_most * usual)


def of_freshness(
    check: Check, declared: Freshness, held: Collection[dt.date], expected: dt.date | None
) -> Result | None:
    """Whether the newest day is new enough; None when no day is there or none is due."""
    if not held or expected is None:
        return None
    newest = max(held)
    behind = (expected - newest).days
    if behind <= declared.days:
        return Result(check, newest, newest, "passed", max(behind, 0), declared.days)
    days = "1 day" if declared.days == 1 else f"{declared.days} days"
    return Result(
        check,
        newest,
        newest,
        _broken(check),
        behind,
        declared.days,
        f"{newest}: the newest day is {behind:,} days behind {expected}, which is due; {days} may be missing",
    )


def expected_day(due: Collection[dt.date], delivered: Collection[dt.date]) -> dt.date | None:
    """The day that reports should reach: the last one that a declared source owes, or that any source has delivered."""
    return max((*due, *delivered), default=None)


def refusal(results: Sequence[Result]) -> str | None:
    """Why a load must not be committed, and what to do, as the error's text; None when no check has failed."""
    failed = [result for result in results if result.status == "failed"]
    if not failed:
        return None
    first = failed[0]
    folder = f"loaders/reports/{first.check.report}"
    others = len(failed) - 1
    more = f" {others} more {'check' if others == 1 else 'checks'} failed: `groundup runs --checks`." if others else ""
    return (
        f"{first.check.report}: the check {first.check.name!r} failed ({first.message}); all reports keep their "
        f"old rows. Correct the export or {folder}/query.sql, or lower the check to "
        f"`level: warn` in {folder}/report.yaml; then "
        f"`groundup load`.{more}"
    )


def warnings(results: Sequence[Result]) -> list[str]:
    """A sentence for each check that warns."""
    return [
        f"{result.check.report}: the check {result.check.name!r} warns ({result.message})."
        for result in results
        if result.status == "warned"
    ]


def _broken(check: Check) -> Status:
    return "failed" if check.level == "fail" else "warned"


def _told(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in row.items() if name != DAY) or "not so"


def _value(value: Any) -> str:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    return shown(value).strip("'\"") if isinstance(value, str) else str(value)
