from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.days import day_of, last_zone, one_day, window, zone_of_days

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@dataclass
class Run:
    run_type: str = "scheduled"
    data_interval_start: dt.datetime | None = None
    run_after: dt.datetime = NOON


def test_the_zone_is_that_of_the_declared_property(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources: {app: {schema: ga4, timezone: Asia/Seoul}}")
    assert zone_of_days(path) == "Asia/Seoul"
    path.write_text("sources: {app: {schema: ga4}}")
    assert zone_of_days(path) == "UTC"
    path.write_text("sources: {}")
    assert zone_of_days(path) == "UTC"


def test_of_several_the_one_whose_day_ends_last() -> None:
    assert last_zone(["Asia/Seoul", "America/Los_Angeles", "Europe/Berlin"]) == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Seoul", dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)),
        ("America/Los_Angeles", dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)),
        ("UTC", dt.datetime(2026, 11, 24, tzinfo=dt.UTC)),
    ],
)
def test_the_day_is_the_one_at_whose_midnight_the_interval_begins(zone: str, start: dt.datetime) -> None:
    assert day_of(Run(data_interval_start=start), zone) == dt.date(2026, 11, 24)


def test_without_an_interval_it_is_the_last_day_that_has_ended_there() -> None:
    run = Run(run_after=dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC))
    assert day_of(run, "Asia/Seoul") == dt.date(2026, 11, 24)
    assert day_of(run, "UTC") == dt.date(2026, 11, 23)


def test_a_run_of_the_schedule_also_takes_what_was_restated_before() -> None:
    assert window(Run(), "UTC", {}) == "--to 2026-11-24"


def test_a_backfill_takes_its_day_alone() -> None:
    assert window(Run("backfill"), "UTC", {}) == "--from 2026-11-24 --to 2026-11-24"


def test_force_never_reaches_beyond_the_day() -> None:
    for kind in ("scheduled", "manual", "backfill"):
        assert window(Run(kind), "UTC", {"force": True}) == "--from 2026-11-24 --to 2026-11-24 --force"


def test_what_is_awaited_is_the_day() -> None:
    assert one_day(Run(), "UTC") == "--from 2026-11-24 --to 2026-11-24"
