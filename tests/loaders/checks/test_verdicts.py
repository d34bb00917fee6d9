"""What follows from what a check has found."""

import datetime as dt

import pytest

from loaders.checks.check import Check
from loaders.checks.declared import Freshness, RowCount
from loaders.checks.verdicts import (
    expected_day,
    of_freshness,
    of_row_counts,
    of_violations,
    refusal,
    usual_rows,
    warnings,
)

JUNE = {number: dt.date(2026, 6, number) for number in range(1, 31)}


def check(level="fail", kind="identity", name="dau ≤ wau"):
    return Check("active_users", name, kind, level, "", {})


def rows_of(*days, count=100):
    return {JUNE[day]: count for day in days}


def counted(rows, day, level="warn", **declared):
    result = of_row_counts(check(level), RowCount(kind="row_count", **declared), rows, [JUNE[day]])
    return (result.status, result.measured, result.expected, result.message) if result else None


class TestViolations:
    def test_none_is_a_pass(self):
        result = of_violations(check(), JUNE[1], JUNE[9], [], 0)
        assert (result.status, result.measured, result.expected, result.message) == ("passed", 0, 0, "")

    def test_the_first_one_is_told_with_its_numbers(self):
        found = [
            {"date": JUNE[5], "country": "Peru", "wau": 3, "parts": 4},
            {"date": JUNE[3], "country": "Türkiye", "wau": 1200, "parts": 1199},
        ]
        result = of_violations(check(), JUNE[1], JUNE[9], found, 7)
        assert result.status == "failed"
        assert result.measured == 7
        assert result.message == "2026-06-03: country Türkiye, wau 1,200, parts 1,199, and 6 more"

    def test_of_level_warn_it_warns(self):
        assert of_violations(check("warn"), JUNE[1], JUNE[9], [{"date": JUNE[1], "n": 1}], 1).status == "warned"

    def test_what_a_terminal_would_obey_is_escaped(self):
        [row] = [{"date": JUNE[1], "value": "\x1b[31m"}]
        assert "\\x1b" in of_violations(check(), JUNE[1], JUNE[1], [row], 1).message


class TestRowCount:
    def test_the_usual_is_the_median_of_the_same_weekday_in_four_weeks(self):
        rows = {JUNE[1]: 100, JUNE[8]: 120, JUNE[15]: 90, JUNE[22]: 5000, JUNE[28]: 1}
        assert usual_rows(rows, JUNE[29], RowCount(kind="row_count")) == 110

    def test_or_that_of_the_28_days_before(self):
        rows = {JUNE[day]: day for day in range(1, 30)}
        assert usual_rows(rows, JUNE[29], RowCount(kind="row_count", usual="last_28_days", smallest=1)) == 14.5

    def test_two_weeks_are_no_habit(self):
        assert counted(rows_of(8, 15, 22, count=100) | {JUNE[29]: 1}, 29) is not None
        assert counted(rows_of(15, 22, count=100) | {JUNE[29]: 1}, 29) is None

    def test_small_numbers_are_no_habit(self):
        assert counted(rows_of(1, 8, 15, 22, count=19) | {JUNE[29]: 0}, 29) is None

    @pytest.mark.parametrize(
        ("rows", "status"), [(49, "warned"), (50, "passed"), (100, "passed"), (200, "passed"), (201, "warned")]
    )
    def test_a_half_and_the_double_of_the_usual_are_the_limits(self, rows, status):
        assert counted(rows_of(1, 8, 15, 22) | {JUNE[29]: rows}, 29)[0] == status

    def test_limits_may_be_declared(self):
        rows = rows_of(1, 8, 15, 22) | {JUNE[29]: 1000}
        assert counted(rows, 29, at_most=None)[0] == "passed"
        assert counted(rows_of(1, 8, 15, 22) | {JUNE[29]: 89}, 29, at_least=0.9, level="fail")[0] == "failed"

    def test_it_says_the_day_the_rows_and_the_usual(self):
        _, measured, expected, message = counted(rows_of(1, 8, 15, 22, count=1500) | {JUNE[29]: 12}, 29)
        assert (measured, expected) == (12, 1500)
        assert message == "2026-06-29: 12 rows, usually 1,500 on the same weekday of the 4 weeks before"

    def test_a_day_without_rows_counts(self):
        assert counted(rows_of(1, 8, 15, 22) | {JUNE[29]: 0}, 29)[0] == "warned"


class TestFreshness:
    def fresh(self, held, expected, days=1):
        return of_freshness(check("warn"), Freshness(kind="freshness", days=days), held, expected)

    def test_as_many_days_as_declared_may_be_missing(self):
        assert self.fresh([JUNE[1], JUNE[8]], JUNE[9]).status == "passed"
        assert self.fresh([JUNE[1], JUNE[8]], JUNE[10]).status == "warned"
        assert self.fresh([JUNE[8]], JUNE[10], days=2).status == "passed"

    def test_it_says_how_far_behind(self):
        result = self.fresh([JUNE[8]], JUNE[11])
        assert (result.measured, result.expected) == (3, 1)
        assert result.message.startswith("2026-06-08: the newest day is 3 days behind 2026-06-11")

    def test_of_nothing_nothing_is_said(self):
        assert self.fresh([], JUNE[9]) is None
        assert self.fresh([JUNE[1]], None) is None

    def test_the_last_day_that_is_owed_or_delivered_is_expected(self):
        assert expected_day([JUNE[5], JUNE[9]], [JUNE[7]]) == JUNE[9]
        assert expected_day([], [JUNE[7], JUNE[8]]) == JUNE[8]
        assert expected_day([], []) is None


class TestRefusal:
    def failed(self, name="dau ≤ wau"):
        return of_violations(check(name=name), JUNE[1], JUNE[1], [{"date": JUNE[1], "dau": 2}], 1)

    def test_one_failed_check_refuses_and_says_what_to_do(self):
        text = refusal([of_violations(check(), JUNE[1], JUNE[1], [], 0), self.failed()])
        assert text.startswith("active_users: the check 'dau ≤ wau' failed (2026-06-01: dau 2); all reports keep their")
        assert "loaders/reports/active_users/query.sql" in text
        assert "`level: warn`" in text
        assert "`groundup load`" in text

    def test_the_others_are_counted(self):
        assert "2 more checks failed" in refusal([self.failed(), self.failed("a"), self.failed("b")])

    def test_a_warning_does_not_refuse(self):
        result = of_violations(check("warn"), JUNE[1], JUNE[1], [{"date": JUNE[1], "dau": 2}], 1)
        assert refusal([result]) is None
        assert warnings([result]) == ["active_users: the check 'dau ≤ wau' warns (2026-06-01: dau 2)."]
