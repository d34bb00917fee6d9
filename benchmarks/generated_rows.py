"""Report tables of a size to measure on: the same rows each time, shaped as in life, made in DuckDB and sent to MySQL.

A few events, countries and versions make most of the figures; a version comes every two weeks and stays for a while.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.catalog import Catalog, Table
from loaders.demo.countries import COUNTRIES
from loaders.sources import DEMO_SOURCES
from loaders.store.connection import MySQL
from loaders.store.slices import Slice, write_slice
from loaders.store.tables import make_missing_tables, write_stretches
from loaders.store_ranks.demo import mirror_demo
from loaders.warehouse import DailyTable
from loaders.warehouse.duckdb import DuckDBWarehouse

SOURCE = "app"
# Rows that travel at once, and days that are written in one transaction.
_BATCH = 100_000
_CHUNK = 30


@dataclass(frozen=True)
class Size:
    """How many of everything."""

    # active_users, daily_report and growth hold a row for each day, country and platform.
    days: int
    countries: int
    platforms: int
    # events, event_params and retention: fewer days, the biggest countries, Android and iOS.
    event_days: int
    event_countries: int
    events: int
    versions: int
    values: int
    day_ns: int
    # Of the store's charts.
    ranked_days: int = 0


def fill(connection: MySQL, catalog: Catalog, size: Size, last_day: dt.date) -> dict[str, int]:
    """Makes the tables, fills them up to a day, and lets MySQL count what they hold. Gives the rows of each table.

    Raises StoreError when MySQL does not take them as they are.
    """
    make_missing_tables(connection, catalog.reports)
    rows: dict[str, int] = {}
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        _prepare(warehouse.connection, size, last_day)
        for table in catalog.reports:
            rows[table.name] = _send(
                connection, warehouse, table, _days(last_day, size.days if _goes_back(table) else size.event_days)
            )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM days")
        cursor.executemany(
            "INSERT INTO days (`date`, source, modified_at, `rows`, final_at) VALUES (%s, %s, %s, 1, %s)",
            [(day, SOURCE, day, day) for day in _days(last_day, size.days)],
        )
        write_stretches(connection)
        rows["days"] = size.days
        # The store's charts come from the store, not from an export: the demo's, or their page would wait for one.
        ranked = _days(last_day, size.ranked_days)
        now, source = dt.datetime.now(dt.UTC).replace(tzinfo=None), next(iter(DEMO_SOURCES))
        mirror_demo(connection, [DailyTable(source, day, "", 1, now) for day in ranked], "bench")
        connection.commit()
        for name in rows:
            cursor.execute(f"ANALYZE TABLE `{name}`")
            cursor.fetchall()
    return rows


def _days(last: dt.date, number: int) -> list[dt.date]:
    return [last - dt.timedelta(days) for days in reversed(range(number))]


def _goes_back(table: Table) -> bool:
    return (table.rollup_of or table.name) in _WHOLE


def _send(connection: MySQL, warehouse: DuckDBWarehouse, table: Table, days: list[dt.date]) -> int:
    sent = 0
    for start in range(0, len(days), _CHUNK):
        chunk = days[start : start + _CHUNK]
        part = Slice(table, table.name, chunk[0], chunk[-1], dict.fromkeys(chunk, "bench"))
        sent += write_slice(connection, part, _rows(warehouse, table, chunk[0], chunk[-1]), "bench")
        connection.commit()
    return sent


def _rows(warehouse: DuckDBWarehouse, table: Table, first: dt.date, last: dt.date) -> list[pa.RecordBatch]:
    """The made-up rows of some days; those of a rollup are what its own query makes of its report's."""
    days = {"first": first, "last": last}
    if table.rollup_of is None:
        found: pa.Table = warehouse.connection.sql(_QUERIES[table.name], params=days).to_arrow_table()
    else:
        # On a cursor of its own: what execute() leaves unread keeps its connection busy.
        made = f"CREATE OR REPLACE TABLE {table.rollup_of} AS {_QUERIES[table.rollup_of]}"
        warehouse.connection.cursor().execute(made, days)
        found = warehouse.read(table.sql(), {"start_date": first, "end_date": last})
    columns = [column.name for column in table.columns]
    in_order = found.select(columns).sort_by([(key, "ascending") for key in table.key])
    return list(in_order.to_batches(_BATCH))


def _prepare(database: duckdb.DuckDBPyConnection, size: Size, last_day: dt.date) -> None:
    """The dimensions, numbered from the biggest; a number's share falls with it."""
    names = [country.name for country in COUNTRIES]
    names += [f"Country {number}" for number in range(len(names), size.countries)]
    first_day = last_day - dt.timedelta(size.days - 1)
    database.execute("CREATE MACRO draw(a, b, c, d) AS (hash(a, b, c, d) % 1000003)::DOUBLE / 1000003")
    database.execute(f"CREATE MACRO number_of(day) AS day - DATE '{first_day}'")
    first_event_day = last_day - dt.timedelta(size.event_days - 1)
    database.execute(f"CREATE MACRO first_event_day() AS DATE '{first_event_day}'")
    database.execute(
        "CREATE TABLE countries AS SELECT range AS c, $names[range + 1] AS country FROM range(len($names))",
        {"names": names[: size.countries]},
    )
    database.execute(
        "CREATE TABLE platforms AS SELECT range AS p, ['ANDROID', 'IOS', 'WEB', '(unknown)'][range + 1] AS platform "
        f"FROM range({size.platforms})"
    )
    database.execute(
        "CREATE TABLE event_names AS SELECT range AS e, "
        "CASE WHEN range = 0 THEN 'take_photo' ELSE 'event_' || lpad(range::VARCHAR, 3, '0') END AS event_name "
        f"FROM range({size.events})"
    )
    database.execute(
        "CREATE TABLE listed_params AS SELECT * FROM "
        "(VALUES (0, 'apply_filter', 'filter_name'), (1, 'edit_photo', 'tool'),"
        " (2, 'share_photo', 'network'), (3, 'search', 'search_term')) AS listed(e, event_name, param_key)"
    )
    for name, number in (
        ("ages", size.versions),
        ("day_ns", size.day_ns),
        ("event_countries", size.event_countries),
        ("event_platforms", 2),
        ("param_values", size.values),
    ):
        database.execute(f"CREATE TABLE {name} AS SELECT range AS n FROM range({number})")
    database.execute(
        "CREATE MACRO every_day(first, last) AS TABLE "
        "SELECT range::DATE AS day FROM range(first::TIMESTAMP, last::TIMESTAMP + INTERVAL 1 DAY, INTERVAL 1 DAY)"
    )


# A country's users fall with its number, grow with time, and differ a little from day to day.
_USERS = """
SELECT
  day AS date,
  country,
  platform,
  (1 + 60000 / (c + 1) ** 1.2 / (p + 1) * (0.8 + number_of(day) / 1000)
    * (0.9 + 0.2 * draw(1, number_of(day), c, p)))::BIGINT AS dau
FROM every_day($first, $last) CROSS JOIN countries CROSS JOIN platforms
"""
_FIGURES = f"""
SELECT
  date,
  country,
  platform,
  dau,
  dau * 3 AS wau,
  dau * 7 AS mau,
  (dau / 12)::BIGINT AS new_users,
  dau * 4 AS takes,
  (dau / 3)::BIGINT AS new_users_7d,
  dau * 2 AS retained,
  (dau / 2)::BIGINT AS resurrected,
  (dau / 4)::BIGINT AS churned
FROM ({_USERS})
"""
_QUERIES = {
    "active_users": _FIGURES,
    "growth": _FIGURES,
    "daily_report": "SELECT *, "
    + ", ".join(
        f"({figure} * {factor})::BIGINT AS {figure}_{before}"
        for figure in ("dau", "wau", "mau", "new_users", "takes")
        for before, factor in (("prev_day", 0.99), ("prev_week", 0.97))
    )
    + f" FROM ({_FIGURES})",
    # The n-th newest version of the day; one combination in eleven does not happen.
    "events": """
SELECT
  day AS date,
  event_name,
  country,
  platform,
  '2.' || lpad((number_of(day) // 14 + 10 - ages.n)::VARCHAR, 2, '0') || '.0' AS app_version,
  (1 + 40000 / (e + 1) / (c + 1) / (p + 1) / (1 + abs(ages.n - 1))
    * (0.5 + draw(number_of(day), e, c, ages.n)))::BIGINT AS events,
  (1 + 9000 / (e + 1) / (c + 1) / (p + 1) / (1 + abs(ages.n - 1))
    * (0.5 + draw(number_of(day), e, c, ages.n)))::BIGINT AS users
FROM every_day($first, $last)
CROSS JOIN event_names
JOIN countries ON c IN (SELECT n FROM event_countries)
JOIN platforms ON p IN (SELECT n FROM event_platforms)
CROSS JOIN ages
WHERE draw(number_of(day) * 2 + p, e, c, ages.n + 100) < 0.92
""",
    "event_params": """
SELECT
  day AS date,
  event_name,
  param_key,
  'value ' || lpad(param_values.n::VARCHAR, 3, '0') AS param_value,
  country,
  platform,
  (1 + 20000 / (e + 1) / (c + 1) / (p + 1) / (param_values.n + 1))::BIGINT AS events,
  (1 + 9000 / (e + 1) / (c + 1) / (p + 1) / (param_values.n + 1))::BIGINT AS users
FROM every_day($first, $last)
CROSS JOIN listed_params
CROSS JOIN param_values
JOIN countries ON c IN (SELECT n FROM event_countries)
JOIN platforms ON p IN (SELECT n FROM event_platforms)
WHERE draw(number_of(day) * 2 + p, e, c, param_values.n) < 0.92
""",
    "retention": """
SELECT
  day AS date,
  day - day_ns.n::INTEGER AS cohort_date,
  day_ns.n AS day_n,
  country,
  platform,
  (1 + 2000 / (c + 1) / (p + 1))::BIGINT AS cohort_users,
  ((1 + 2000 / (c + 1) / (p + 1)) / (1 + day_ns.n))::BIGINT AS active_users
FROM every_day($first, $last)
CROSS JOIN day_ns
JOIN countries ON c IN (SELECT n FROM event_countries)
JOIN platforms ON p IN (SELECT n FROM event_platforms)
WHERE day - day_ns.n::INTEGER >= first_event_day()
""",
}
# These go back as far as the days do.
_WHOLE = ("active_users", "growth", "daily_report")
