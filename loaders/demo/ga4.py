"""The demo app's export in today's GA4 schema: one Parquet file a day, as BigQuery would export it."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from loaders.demo.errors import DemoError
from loaders.demo.tables import build

DEMO_TIMEZONE = "Asia/Seoul"
_MOST_DAYS = 1_000
_MOST_USERS = 1_000_000
# The bytes of a file depend on these, not on the machine: one thread a file, one codec and level, one row-group size.
_FORMAT = "FORMAT parquet, CODEC zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 32768, PARQUET_VERSION v1"


def write_ga4(
    folder: Path,
    *,
    days: int = 60,
    users: int = 5000,
    seed: int = 7,
    end: datetime.date,
    on_day: Callable[[datetime.date], None] | None = None,
) -> list[Path]:
    """Write `events_YYYYMMDD.parquet` into `folder` for the `days` days that end with `end`; return the files in order.

    Exactly `users` user_pseudo_ids appear. A day is a day in DEMO_TIMEZONE. Equal arguments give equal bytes.
    `on_day` is called after each day, in order, in the caller's thread. A file appears under its name once it is whole;
    one of the same name is replaced, others in the folder are left alone.

    Raises DemoError for a count out of range or a folder that cannot be written.
    """
    if not 1 <= days <= _MOST_DAYS:
        raise DemoError(f"The demo export cannot have {days} days; ask for 1 to {_MOST_DAYS:,}.")
    if not 1 <= users <= _MOST_USERS:
        raise DemoError(f"The demo export cannot have {users} users; ask for 1 to {_MOST_USERS:,}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with build(days=days, users=users, seed=seed, end=end) as database:
            return _write_days(database, folder, end - datetime.timedelta(days - 1), days, on_day)
    except (OSError, duckdb.IOException) as error:
        raise DemoError(
            f"The demo export cannot be written to {folder} ({error}); make the folder writable or free some space."
        ) from error


def _write_days(
    database: duckdb.DuckDBPyConnection,
    folder: Path,
    first: datetime.date,
    days: int,
    on_day: Callable[[datetime.date], None] | None,
) -> list[Path]:
    own = threading.local()

    def write(day: int) -> Path:
        path = folder / f"events_{first + datetime.timedelta(day):%Y%m%d}.parquet"
        draft = path.with_suffix(".part")
        target = str(draft).replace("'", "''")
        try:
            own.cursor.execute(f"COPY (FROM ga4_day({day})) TO '{target}' ({_FORMAT})")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return path

    def open_cursor() -> None:
        own.cursor = database.cursor()

    files = []
    with ThreadPoolExecutor(max_workers=2, initializer=open_cursor) as pool:
        written = [pool.submit(write, day) for day in range(days)]
        try:
            for day, future in enumerate(written):
                files.append(future.result())
                if on_day is not None:
                    on_day(first + datetime.timedelta(day))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return files
