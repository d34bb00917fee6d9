"""Runs of days, and when a partition's inputs count as changed."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from loaders.versions import ByDay, Run, expand, runs

DAY = dt.date(2026, 2, 27)


def days(*offsets: int) -> list[dt.date]:
    return [DAY + dt.timedelta(days=n) for n in offsets]


def test_consecutive_days_of_one_reason_are_one_run():
    reasons = dict.fromkeys(days(0, 1, 2, 4), "new") | dict.fromkeys(days(5), "forced")
    found = [(run.start, run.end, run.reason) for run in runs(reasons, 366)]
    start = DAY
    assert found == [
        (start, start + dt.timedelta(days=2), "new"),
        (start + dt.timedelta(days=4), start + dt.timedelta(days=4), "new"),
        (start + dt.timedelta(days=5), start + dt.timedelta(days=5), "forced"),
    ]


@given(st.sets(st.integers(0, 40)), st.integers(1, 10))
def test_runs_cover_each_day_once_and_none_is_longer_than_allowed(offsets, longest):
    wanted = days(*sorted(offsets))
    found = runs(dict.fromkeys(wanted, "new"), longest)
    assert [day for run in found for day in run.days] == wanted
    assert all(len(run.days) <= longest for run in found)


def test_neighbours_of_several_reasons_may_be_one_run():
    reasons = dict.fromkeys(days(0, 1, 3), "changed") | dict.fromkeys(days(2, 5), "new")
    start, last, alone = days(0, 3, 5)
    assert runs(reasons, 366, mixed=True) == [Run(start, last, "changed, new"), Run(alone, alone, "new")]


def test_a_run_knows_its_days():
    assert Run(DAY, DAY + dt.timedelta(days=2), "new").days == days(0, 1, 2)


def test_a_days_version_does_not_depend_on_the_order_of_its_partitions():
    there, back = ByDay(), ByDay()
    for version in ("a", "b"):
        there.add(DAY, version)
    for version in ("b", "a"):
        back.add(DAY, version)
    assert there.versions() == back.versions()
    back.add(DAY, "c")
    assert there.versions() != back.versions()


def test_offsets_count_backwards():
    assert expand(days(0), (0, 1, 7)) == set(days(0, -1, -7))
