"""The demo app's export in today's GA4 schema: one Parquet file a day, as BigQuery would export it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from loaders.demo.app import App, demo_app
from loaders.demo.files import DailyFile, write_files


def write_ga4(
    folder: Path,
    *,
    days: int = 60,
    users: int = 5000,
    seed: int = 7,
    end: datetime.date,
    first_day: datetime.date | None = None,
    last_day: datetime.date | None = None,
    on_day: Callable[[datetime.date], None] | None = None,
) -> list[Path]:
    """Write `events_YYYYMMDD.parquet` into `folder` for the `days` days that end with `end`; return the files in order.

    Exactly `users` user_pseudo_ids appear. A day is a day in DEMO_TIMEZONE. Equal arguments give equal bytes.
    With `first_day` or `last_day` only the files from and up to that day are written, byte for byte those of the whole.
    `on_day` is called after each day, in order, in the caller's thread. A file appears under its name once it is whole;
    one of the same name is replaced, others in the folder are left alone.

    Raises DemoError for a count or a day out of range, or a folder that cannot be written.
    """
    with demo_app(folder, days=days, users=users, seed=seed, end=end) as app:
        return list(write_files(app.database, ga4_files(app, folder, app.numbers(first_day, last_day)), on_day))


def ga4_files(app: App, folder: Path, numbers: range) -> list[DailyFile]:
    """The GA4 export of the days with these numbers."""
    return [
        DailyFile(day, folder / f"events_{day:%Y%m%d}.parquet", f"FROM ga4_day({number})")
        for number, day in ((number, app.date(number)) for number in numbers)
    ]
