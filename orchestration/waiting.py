"""What a plan's answer says of a day: there, still to come, or not to be known now. A pure decision."""

from __future__ import annotations

from enum import Enum

# How the command line's sentences begin when the day has not come, or when the warehouse cannot be asked at the moment.
_MISSING = ("There is no data",)
_BUSY = ("is in use by another groundup command", "Another load is running")


class Day(Enum):
    """What is known of a day."""

    THERE = "there"
    MISSING = "missing"
    BUSY = "busy"
    UNKNOWN = "unknown"


def judge(exit_status: int, said: str) -> Day:
    """Whether a plan that ended so, with this last word, means that the day may be loaded."""
    if exit_status == 0:
        return Day.THERE
    if any(sentence in said for sentence in _MISSING):
        return Day.MISSING
    return Day.BUSY if any(sentence in said for sentence in _BUSY) else Day.UNKNOWN
