"""A clock that was set back, or forth: nothing is ordered by it, so the figures are right, and somebody is told."""

import ctypes.util
from pathlib import Path

import libfaketime
import pytest

from tests.conditions import sentences
from tests.conditions.conftest import tables
from tests.conditions.sentences import is_told

LIBRARY = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"


def at(shift: str) -> dict[str, str]:
    """Variables under which a process reads another time from the system's clock."""
    assert LIBRARY.exists()
    assert ctypes.util.find_library("c")
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@pytest.mark.parametrize("shift", ["-400d", "-2h"])
def test_a_clock_set_back_is_named_and_changes_no_figure(ways, home, shift):
    result = home.run("load", **at(shift))
    told = [line for line in result.stderr.splitlines() if not line.startswith("Loading: ")]
    assert len(told) == 1
    assert is_told(sentences.CLOCK, told[0])
    assert tables(home) == ways.after
    # By the right clock, what was done by the wrong one is the newest all the same.
    again = home.run("load")
    assert "Nothing has changed" in again.stdout
    assert again.stderr == ""
    assert "in MySQL" in home.run("status").stdout


def test_a_clock_that_was_ahead_is_named_when_it_is_right_again(ways, home):
    home.run("load", **at("+400d"))
    assert tables(home) == ways.after
    assert is_told(sentences.CLOCK, home.run("load").stderr)
    assert is_told(sentences.CLOCK, home.run("status").stdout)


def test_days_that_arrive_under_a_wrong_clock_are_loaded_like_others(ways, home):
    home.run("load")
    # The newest days come again under an old clock, and again under the right one: content decides, not time.
    for shift in ("-400d", "+0d"):
        home.run("ingest", *ways.new_files, "--source", "demo", **at(shift))
        home.run("load", **at(shift))
        assert tables(home) == ways.after
