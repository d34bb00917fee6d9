"""Writing a day a file: several at a time, each whole under its name or not there."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb

# The bytes of a file depend on these, not on the machine: one thread a file, one codec and level, one row-group size.
_FORMAT = "FORMAT parquet, CODEC zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 32768, PARQUET_VERSION v1"


class DailyFile(NamedTuple):
    """A file to write: the day that its name tells, its path, and the query that gives its rows."""

    day: datetime.date
    path: Path
    query: str


def write_files(
    database: duckdb.DuckDBPyConnection,
    files: Sequence[DailyFile],
    on_day: Callable[[datetime.date], None] | None = None,
) -> dict[Path, int]:
    """Write the files; return the number of rows of each, in the order given.

    The files of a day must follow each other. `on_day` is called after the last of each day, in order, in the caller's
    thread. When it raises, the files that are being written are finished and the others are not begun.
    """
    own = threading.local()

    def open_cursor() -> None:
        own.cursor = database.cursor()

    def write(file: DailyFile) -> int:
        draft = file.path.with_suffix(".part")
        target = str(draft).replace("'", "''")
        try:
            row = own.cursor.execute(f"COPY ({file.query}) TO '{target}' ({_FORMAT})").fetchone()
            draft.replace(file.path)
        finally:
            draft.unlink(missing_ok=True)
        return int(row[0])

    rows = {}
    with ThreadPoolExecutor(max_workers=2, initializer=open_cursor) as pool:
        written = [pool.submit(write, file) for file in files]
        try:
            for file, future, following in zip(files, written, [*files[1:], None], strict=True):
                rows[file.path] = future.result()
                if on_day is not None and (following is None or following.day != file.day):
                    on_day(file.day)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return rows
