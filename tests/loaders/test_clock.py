"""A clock that lies is named."""

import datetime as dt

from loaders.clock import clock_warning

NOW = dt.datetime(2026, 11, 24, 3, 0)


def test_the_newest_entry_lies_in_the_past():
    assert clock_warning(NOW, None) is None
    assert clock_warning(NOW, NOW - dt.timedelta(days=9)) is None


def test_machines_may_differ_by_a_little():
    assert clock_warning(NOW, NOW + dt.timedelta(seconds=30)) is None


def test_an_entry_of_the_future_is_named_with_both_times():
    text = clock_warning(NOW, NOW + dt.timedelta(days=1))
    assert "2026-11-24 03:00 UTC" in text
    assert "2026-11-25 03:00 UTC" in text
