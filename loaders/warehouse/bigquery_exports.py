"""The daily tables of the exports at BigQuery, by metadata alone, which is free."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from google.api_core.retry import Retry
from google.cloud import bigquery

from loaders.catalog import digest
from loaders.errors import WarehouseError
from loaders.sources import Source
from loaders.warehouse import DailyTable
from loaders.warehouse.bigquery_errors import refusals

# The client's connection pool holds ten.
_AT_ONCE = 8

_PREFIX = {"ga4": "events_", "firebase": "app_events_"}
_DAY = re.compile(r"\d{8}")


def daily_tables(
    client: bigquery.Client,
    source: Source,
    final_after_days: int,
    today: Callable[[Source], dt.date],
    retry: Retry,
) -> list[DailyTable]:
    """The source's days, oldest first, each with a version that changes when the day's events may have.

    Raises WarehouseError when the dataset cannot be read, or holds a table that queries would take for a day's.
    """
    with refusals(f"The export of {source.name}, {source.dataset}"):
        names = [table.table_id for table in client.list_tables(source.dataset or "", retry=retry)]
        found = days_by_table(source, names, today(source))

        def describe(name: str) -> bigquery.Table:
            return client.get_table(f"{source.dataset}.{name}", retry=retry)

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="metadata") as pool:
            tables = dict(zip(found.values(), pool.map(describe, found), strict=True))
    # A bundle of 2017 may come days after its events, in a later day's table.
    reach = final_after_days if source.export_schema == "firebase" else 0
    return [_daily_table(source, day, _reached(tables, day, reach)) for day in sorted(tables)]


def days_by_table(source: Source, names: Iterable[str], today: dt.date) -> dict[str, dt.date]:
    """Which of the dataset's tables are the source's days. A day of an intraday export counts once it is over.

    Raises WarehouseError for a table that is none and lies among them by its name: wildcards would read it, too.
    """
    prefix = _PREFIX[source.export_schema] + ("intraday_" if source.tables == "intraday" else "")
    found: dict[str, dt.date] = {}
    for name in names:
        suffix = name.removeprefix(prefix)
        if suffix == name or not _DAY.match(suffix):
            continue
        try:
            day = dt.datetime.strptime(suffix, "%Y%m%d").date()
        except ValueError:
            raise WarehouseError(
                f"{source.dataset}.{name} is no day's table, and a query of the days around it would read it, too; "
                "rename it or move it to another dataset."
            ) from None
        if source.tables == "daily" or day < today:
            found[name] = day
    return found


def _reached(tables: dict[dt.date, bigquery.Table], day: dt.date, reach: int) -> Sequence[bigquery.Table]:
    days = (day + dt.timedelta(days=n) for n in range(reach + 1))
    return [tables[each] for each in days if each in tables]


def _daily_table(source: Source, day: dt.date, tables: Sequence[bigquery.Table]) -> DailyTable:
    states = [[str(table.modified), table.num_rows, table.num_bytes] for table in tables]
    modified = tables[0].modified or dt.datetime.fromtimestamp(0, dt.UTC)
    return DailyTable(
        source=source.name,
        date=day,
        version=digest(states),
        rows=int(tables[0].num_rows or 0),
        modified_at=modified.astimezone(dt.UTC).replace(tzinfo=None),
    )
