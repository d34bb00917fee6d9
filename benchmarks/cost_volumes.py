"""A company's tables at a size, leaf by leaf and day by day: measured on few people, counted up to many."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.exports import FIRST_DAY, make_export
from loaders.catalog import DAYS, Catalog
from loaders.compute import compute
from loaders.cost.bill import Sized
from loaders.cost.layout import Layout, export_layout, layout_of, leaf_bytes
from loaders.cost.measure import Partitions, measure
from loaders.day_calendar import make_calendar
from loaders.exports import Field, export_schema
from loaders.ingest import ingest
from loaders.plan import Request
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse

# The company whose bill is computed.
LOG_BYTES_A_DAY = 200e9
WEEKLY_USERS = 14_000_000

HISTORY_DAYS = 90
DAYS_OF_ALL = [FIRST_DAY + dt.timedelta(days=number) for number in range(HISTORY_DAYS + 1)]

# Bytes of an event in each field of an export: those of a real app (see `event_widths`).
WIDTHS = Path(__file__).parent / "event_widths.json"
# What the public sample has in place of the phones' names, and how long a text stands in for it here.
_BLANKED = "not available in demo dataset"
_STAND_IN = "SM-G960F  "

# Few people, with as many events each as 200 GB of logs a day make of 14 million weekly users.
_PEOPLE = 1_000
_MOST_EVENTS = 124
_DAYS_LAYOUT = Layout(
    tuple(
        Field(name, kind, "NULLABLE")
        for name, kind in (
            ("date", "DATE"),
            ("source", "STRING"),
            ("modified_at", "TIMESTAMP"),
            ("rows", "INT64"),
            ("final_at", "TIMESTAMP"),
        )
    )
)


@dataclass(frozen=True)
class Volumes:
    """All tables by the name under which statements read them, and what they were counted up from."""

    tables: Mapping[str, Sized]
    events_a_day: float
    bytes_an_event: float
    daily_users: float
    known_users: float
    # How many times the people that were made.
    factor: float


def volumes(folder: Path, catalog: Catalog, export_table: str) -> Volumes:
    """The tables of a company of that size after 91 days, the export's under `export_table`.

    Tables with people in them grow with the people, `events_flat` and the export with the events. Those of
    counts alone, which have as many rows as there are days, countries and so on, stay as they are measured.
    """
    widths: Mapping[str, float] = json.loads(WIDTHS.read_text(encoding="utf-8"))
    bytes_an_event = sum(widths.values())
    events_a_day = LOG_BYTES_A_DAY / bytes_an_event
    files = make_export(folder, users=_PEOPLE, days=len(DAYS_OF_ALL), most_events=_MOST_EVENTS)
    source = name_source("app", Source.model_validate({"schema": "ga4"}), "the benchmark")
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        ingest(warehouse, files, source)
        calendar = make_calendar(warehouse.daily_tables(), {"app": source}, (), 3)
        compute(warehouse, catalog, calendar, {"app": source}, Request())
        measured = {
            table.name: measure(warehouse.connection, table.name, layout_of(table), table.partition)
            for table in catalog.tables.values()
        }
        weekly, daily, known = _people(warehouse)
        events = {day.date: day.rows for day in warehouse.daily_tables()}
    lately = DAYS_OF_ALL[-28:]
    by_people = WEEKLY_USERS / weekly
    by_events = events_a_day / (sum(events[day] for day in lately) / len(lately))
    factors = {"user_days": by_people, "users": by_people, "events_flat": by_events}
    tables = {
        name: Sized(layout_of(catalog.tables[name]), _times(partitions, factors.get(name, 1.0)))
        for name, partitions in measured.items()
    }
    export: Partitions = {
        day: {leaf: width * count * by_events for leaf, width in widths.items()} for day, count in events.items()
    }
    tables[export_table] = Sized(export_layout(export_schema("ga4")), export)
    tables[DAYS] = Sized(_DAYS_LAYOUT, {None: {"date": 8.0 * len(DAYS_OF_ALL), "source": 5.0 * len(DAYS_OF_ALL)}})
    return Volumes(tables, events_a_day, bytes_an_event, daily * by_people, known * by_people, by_people)


def event_widths(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The mean bytes that an event of these export rows has in each field, with stand-ins for what was blanked."""
    fields = export_schema("ga4")
    total: dict[str, int] = {}
    count = 0
    for row in rows:
        count += 1
        device = {name: _STAND_IN if value == _BLANKED else value for name, value in (row.get("device") or {}).items()}
        for leaf, size in leaf_bytes(fields, {**row, "device": device}).items():
            total[leaf] = total.get(leaf, 0) + size
    return {leaf: round(size / count, 4) for leaf, size in sorted(total.items()) if size}


def _people(warehouse: DuckDBWarehouse) -> tuple[float, float, float]:
    """How many came in a week and on a day, of the last four weeks' mean, and how many came ever."""
    row = warehouse.connection.execute(
        """
        WITH weeks AS (
          SELECT (date - $first) // 7 AS week, count(DISTINCT user_key) AS people FROM user_days
          WHERE date >= $first GROUP BY week
        )
        SELECT (SELECT avg(people) FROM weeks), (SELECT count(*) / 28 FROM user_days WHERE date >= $first),
          (SELECT count(*) FROM users)
        """,
        {"first": DAYS_OF_ALL[-28]},
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has one row
    return float(row[0]), float(row[1]), float(row[2])


def _times(partitions: Partitions, factor: float) -> Partitions:
    return {day: {leaf: size * factor for leaf, size in leaves.items()} for day, leaves in partitions.items()}
