"""The demo app's exports in the Firebase schema of 2017: one Parquet file a day and platform, a row a bundle."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from loaders.demo.app import App, demo_app
from loaders.demo.files import DailyFile, write_files

Platform = Literal["ANDROID", "IOS"]


def write_firebase(
    folder: Path,
    platform: Platform,
    *,
    days: int = 60,
    users: int = 5000,
    seed: int = 7,
    end: datetime.date,
    first_day: datetime.date | None = None,
    last_day: datetime.date | None = None,
    on_day: Callable[[datetime.date], None] | None = None,
) -> list[Path]:
    """Write `app_events_YYYYMMDD.parquet` into `folder` for the `days` days that end with `end`; return them in order.

    They hold the events of `platform` that `write_ga4` writes for the same arguments, of the same users, except that
    Türkiye still has its old name. A file holds the bundles sent on its day; a few of those begin on the day before.
    What is logged from `first_day` to `last_day` is also sent in this time, so no file outside of it is needed; only
    the first and the last file differ from those of the whole period. A file may have no rows. Equal arguments give
    equal bytes; `on_day` and the folder are as for `write_ga4`.

    Raises DemoError for a count or a day out of range, or a folder that cannot be written.
    """
    with demo_app(folder, days=days, users=users, seed=seed, end=end) as app:
        files = firebase_files(app, folder, platform, app.numbers(first_day, last_day))
        return list(write_files(app.database, files, on_day))


def firebase_files(app: App, folder: Path, platform: Platform, numbers: range) -> list[DailyFile]:
    """The export of one platform and the days with these numbers, complete in itself."""
    between = f"{numbers.start}, {numbers.stop - 1}"
    return [
        DailyFile(
            day,
            folder / f"app_events_{day:%Y%m%d}.parquet",
            f"FROM firebase_day({number}, '{platform}', {between})",
        )
        for number, day in ((number, app.date(number)) for number in numbers)
    ]
