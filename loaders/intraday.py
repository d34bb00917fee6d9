"""Intraday exports as files: never mixed with daily tables, and only days that are over count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from loaders.errors import ExportFileError
from loaders.export_files import shown
from loaders.sources import Source

# How Google names its tables, and with them whoever exports them to files.
_STREAMED = re.compile(r"(app_)?events_(intraday|fresh)_")
_DAILY = re.compile(r"(app_)?events_\d{8}(?!\d)")


def require_right_tables(paths: Iterable[Path], source: Source) -> None:
    """Raises ExportFileError for a file whose name says that it is of the other tables than those of the source."""
    for path in paths:
        if source.tables == "daily" and _STREAMED.match(path.name):
            raise ExportFileError(
                f"{shown(path)} is of an intraday table, and the source {source.name!r} is made of daily ones, which "
                "hold the same events; leave it out, or declare the source with `tables: intraday` in sources.yaml."
            )
        if source.tables == "intraday" and _DAILY.match(path.name):
            raise ExportFileError(
                f"{shown(path)} is of a daily table, and the source {source.name!r} is declared with `tables: "
                "intraday`; leave it out, or declare the source with `tables: daily` in sources.yaml."
            )


def leave_out_open_days(
    connection: duckdb.DuckDBPyConnection, source: Source, version: str, now: dt.datetime
) -> list[dt.date]:
    """Removes what has just been appended under `version` of days that are not over; gives those days.

    `now` is an instant with its time zone; the days are the property's own.
    """
    if source.tables == "daily":
        return []
    today = now.astimezone(source.zone).date()
    place = f'delivered."{source.name}" WHERE _version = ? AND _TABLE_SUFFIX >= ?'
    limits = [version, f"{today:%Y%m%d}"]
    days = connection.execute(f"SELECT DISTINCT _TABLE_SUFFIX FROM {place} ORDER BY 1", limits).fetchall()
    connection.execute(f"DELETE FROM {place}", limits)
    return [dt.datetime.strptime(suffix, "%Y%m%d").date() for (suffix,) in days]
