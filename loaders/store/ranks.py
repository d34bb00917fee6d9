"""Ranks in MySQL: a chart of a day is replaced whole, and which apps are followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from loaders.metrics import StoreRanks
from loaders.store.connection import MySQL
from loaders.store.send import Destination, send
from loaders.store_ranks.feed import App

# The store of what is made up: it never mixes with what is real.
DEMO_STORE = "demo"

_SCHEMA = pa.schema(
    [
        ("date", pa.date32()),
        ("store", pa.string()),
        ("country", pa.string()),
        ("chart", pa.string()),
        ("rank", pa.int32()),
        ("app_id", pa.string()),
        ("name", pa.string()),
        ("publisher", pa.string()),
    ]
)


# The feed was checked before: what MySQL does not take all the same is a fault of the check.
_REMEDY = "the old rows were kept; load another feed, and report this one."


@dataclass(frozen=True)
class Chart:
    """A chart of one store and country on one day; the apps in the order of their ranks, from 1."""

    date: dt.date
    store: str
    country: str
    chart: str
    apps: tuple[App, ...]


def write_charts(connection: MySQL, charts: Sequence[Chart]) -> int:
    """Puts each chart in the place of the same chart of the same day, in the connection's open transaction.

    Gives the rows that were there before. Raises StoreError when MySQL would change anything.
    """
    replaced = 0
    with connection.cursor() as cursor:
        for chart in charts:
            replaced += cursor.execute(
                "DELETE FROM store_ranks WHERE `date` = %s AND store = %s AND country = %s AND chart = %s",
                (chart.date, chart.store, chart.country, chart.chart),
            )
    what = f"store_ranks, {min(chart.date for chart in charts)} to {max(chart.date for chart in charts)}"
    destination = Destination(
        place="store_ranks",
        columns=_SCHEMA.names,
        partition="date",
        what=what,
        explain=lambda _, text: f"MySQL would have changed what it was sent for {what} ({text}); {_REMEDY}",
        if_fewer=_REMEDY.partition("; ")[2],
    )
    send(connection, destination, [_rows(chart) for chart in charts])
    return replaced


def _rows(chart: Chart) -> pa.RecordBatch:
    key = (chart.date, chart.store, chart.country, chart.chart)
    rows = [(*key, rank, app.app_id, app.name, app.publisher) for rank, app in enumerate(chart.apps, 1)]
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


def held_days(connection: MySQL, store: str) -> set[dt.date]:
    """The days of which the store has ranks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT `date` FROM store_ranks WHERE store = %s", (store,))
        return {row[0] for row in cursor.fetchall()}


def remove_store(connection: MySQL, store: str) -> None:
    """Removes all ranks of a store, in the connection's open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_ranks WHERE store = %s", (store,))


def write_followed(connection: MySQL, store: str, followed: StoreRanks) -> None:
    """Makes `store_apps` of one store exactly these apps, in the connection's open transaction."""
    wanted = [(store, app_id, "ours", name) for app_id, name in followed.ours.items()]
    wanted += [(store, app_id, "competitor", name) for app_id, name in followed.competitors.items()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT store, app_id, role, name FROM store_apps WHERE store = %s", (store,))
        if set(cursor.fetchall()) == set(wanted):
            return
        cursor.execute("DELETE FROM store_apps WHERE store = %s", (store,))
        cursor.executemany("INSERT INTO store_apps (store, app_id, role, name) VALUES (%s, %s, %s, %s)", wanted)
