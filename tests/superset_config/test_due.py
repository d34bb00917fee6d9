"""When a schedule is due, in Superset's environment, which can read crontabs."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess

import pytest

from settings.environment import PROJECT
from superset_config.due import LATEST, looked_until, order_number
from superset_config.environment import REQUIRED

PYTHON = PROJECT / ".venv-superset" / "bin" / "python"
CODE = """
import datetime as dt, json, sys
from superset_config.environment import REQUIRED
from superset_config.due import due_at
def answer(crontab, zone, since, now):
    try:
        due = due_at(crontab, zone, dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(now))
        return due.isoformat() if due else None
    except (ValueError, KeyError) as error:
        return type(error).__name__
print(json.dumps([answer(*case) for case in json.load(sys.stdin)]))
"""
CASES = {
    # name: (crontab, time zone, looked until, now, due)
    "at its minute": ("0 8 * * *", "UTC", "2026-11-25T07:59:00", "2026-11-25T08:00:00.1", "2026-11-25T08:00:00"),
    "at the very moment": ("0 8 * * *", "UTC", "2026-11-25T07:59:00", "2026-11-25T08:00:00", "2026-11-25T08:00:00"),
    "not a second time": ("0 8 * * *", "UTC", "2026-11-25T08:00:00.1", "2026-11-25T08:01:00", None),
    "not before": ("0 8 * * *", "UTC", "2026-11-25T07:58:00", "2026-11-25T07:59:59", None),
    "though the look comes late": (
        *("0 8 * * *", "UTC", "2026-11-25T07:59:00", "2026-11-25T08:07:31"),
        "2026-11-25T08:00:00",
    ),
    "the last of many that were missed": (
        *("*/5 * * * *", "UTC", "2026-11-25T01:00:00", "2026-11-25T08:07:31"),
        "2026-11-25T08:05:00",
    ),
    "by the clock of its time zone": (
        *("0 9 * * *", "Asia/Seoul", "2026-11-24T23:59:00", "2026-11-25T00:00:01"),
        "2026-11-25T00:00:00",
    ),
    "in summer time": (
        *("0 9 * * *", "Europe/Berlin", "2026-07-01T06:59:00", "2026-07-01T07:00:01"),
        "2026-07-01T07:00:00",
    ),
    "one that never comes": ("0 0 30 2 *", "UTC", "2026-11-25T08:00:00", "2026-11-25T08:01:00", "CroniterBadDateError"),
    "a zone that there is not": (
        "* * * * *",
        "Mars/Base",
        "2026-11-25T08:00",
        "2026-11-25T08:01",
        "ZoneInfoNotFoundError",
    ),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, str | None]:
    if not PYTHON.exists():
        pytest.skip(".venv-superset is not installed")
    given = [(crontab, zone, f"{since}+00:00", f"{now}+00:00") for crontab, zone, since, now, _ in CASES.values()]
    done = subprocess.run(
        [PYTHON, "-c", CODE],
        cwd=PROJECT,
        env=os.environ | dict.fromkeys(REQUIRED, "x"),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_schedule_is_due(answers: dict[str, str | None], name: str) -> None:
    *_, expected = CASES[name]
    assert answers[name] == (f"{expected}+00:00" if expected and expected.startswith("2026") else expected)


NOW = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)


def test_a_look_goes_on_where_the_last_one_ended() -> None:
    before = NOW - dt.timedelta(minutes=7)
    assert looked_until(before.timestamp(), NOW) == before


def test_the_first_look_goes_a_minute_back() -> None:
    assert looked_until(None, NOW) == NOW - dt.timedelta(minutes=1)


def test_what_was_missed_long_ago_is_forgotten() -> None:
    assert looked_until((NOW - dt.timedelta(days=3)).timestamp(), NOW) == NOW - LATEST


def test_an_order_has_the_number_of_its_schedule_and_moment() -> None:
    assert order_number(7, NOW) == order_number(7, NOW)
    assert len({order_number(7, NOW), order_number(8, NOW), order_number(7, NOW + dt.timedelta(minutes=1))}) == 3
