"""Which days a check looks at: those that changed, and those that are compared with one that changed."""

import datetime as dt

from loaders.checks.check import Check
from loaders.checks.scope import Scope, ranges

DAY = [dt.date(2026, 6, 1) + dt.timedelta(days=n) for n in range(90)]
PLACES = {"growth": "growth", "active_users": "active_users"}


def looked_at(changed, held=DAY[:60], reads=None, stale=None, places=PLACES):
    check = Check("growth", "identity", "identity", "fail", "", reads or {})
    found = ranges(check, Scope(changed, {"growth": held}, stale or {}, places))
    return [(DAY.index(start), DAY.index(end)) for start, end in found]


def test_the_days_that_changed():
    assert looked_at({"growth": [DAY[3], DAY[4], DAY[5]]}) == [(3, 5)]
    assert looked_at({}) == []


def test_a_day_that_was_removed_is_not_looked_at():
    assert looked_at({"growth": DAY[58:62]}) == [(58, 59)]


def test_days_that_are_compared_with_a_changed_one():
    reads = {"active_users": (7,)}
    assert looked_at({"active_users": [DAY[3]]}, reads=reads) == [(10, 10)]
    assert looked_at({"growth": [DAY[11]], "active_users": [DAY[3]]}, reads=reads) == [(10, 11)]


def test_stretches_less_than_a_week_apart_are_one_question():
    assert looked_at({"growth": [DAY[1], DAY[8], DAY[16]]}) == [(1, 8), (16, 16)]


def test_what_a_narrower_load_has_left_behind_is_not_compared():
    reads = {"active_users": (0, 7)}
    changed = {"growth": DAY[10:20]}
    assert looked_at(changed, reads=reads, stale={"active_users": [DAY[5]]}) == [(10, 11), (13, 19)]
    assert looked_at(changed, reads=reads, stale={"growth": [DAY[12]]}) == [(10, 11), (13, 19)]
    assert looked_at(changed, stale={"active_users": DAY}) == [(10, 19)]


def test_a_table_that_is_not_there_is_not_asked():
    assert looked_at({"growth": DAY[:3]}, reads={"active_users": (0,)}, places={"growth": "growth"}) == []
