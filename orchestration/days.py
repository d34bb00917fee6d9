"""Which day of the data a run is for, and which days its commands name. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from orchestration.tasks import read_yaml


class Run(Protocol):
    """What Airflow says of a run."""

    run_type: str
    data_interval_start: dt.datetime | None
    run_after: dt.datetime


# Offsets are compared at one moment: a DAG that is built from the time of day would be another one at every reading.
_WINTER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def zone_of_days(sources_file: Path) -> str:
    """The time zone of the declared properties' days: the one where a day ends last; UTC when none is declared."""
    declared = (read_yaml(sources_file).get("sources") or {}).values()
    return last_zone(source.get("timezone", "UTC") for source in declared)


def last_zone(zones: Iterable[str]) -> str:
    """Of these time zones the one that lies farthest west; UTC when there is none."""
    return min(sorted(zones), key=_offset, default="UTC")


def _offset(zone: str) -> dt.timedelta:
    return _WINTER.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta()


def day_of(run: Run, zone: str) -> dt.date:
    """The day of the data that a run is for; for one without an interval, the last day that has ended."""
    if run.data_interval_start is not None:
        return run.data_interval_start.astimezone(ZoneInfo(zone)).date()
    return run.run_after.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1)


def window(run: Run, zone: str, params: dict[str, Any]) -> str:
    """The days that a run's commands name, as they write them.

    A run of the schedule brings everything up to its day up to date, for Google restates days that it has delivered;
    a backfill has its own day alone. With `force`, the day is computed although nothing has changed.
    """
    day = day_of(run, zone)
    force = bool(params.get("force"))
    start = f"--from {day} " if run.run_type == "backfill" or force else ""
    return f"{start}--to {day}{' --force' if force else ''}"


def one_day(run: Run, zone: str) -> str:
    """The day alone, as commands write it."""
    day = day_of(run, zone)
    return f"--from {day} --to {day}"
