"""The days of an export in the embedded warehouse: which day a row belongs to, and what is known of each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

# How many events a row is.
_EVENTS = {"ga4": "count(*)", "firebase": "sum(len(event_dim))"}

# A file's name may say which delivery it is; a bundle may come days after its events.
_DELIVERY = "nullif(regexp_extract(parse_filename(filename), 'app_events_([0-9]{8})', 1), '')"


@dataclass(frozen=True)
class IngestedDay:
    """A day of a source that was replaced: how many events it had, and has now."""

    date: dt.date
    old_rows: int
    new_rows: int


def by_day(schema: str, query: str, names: Sequence[str]) -> str:
    """The rows of `query`, of these columns, each with its day, the delivery that brings it, and `$version`.

    A row of the 2017 schema is a bundle, whose events may lie on several days: it becomes one row for each of them.
    It belongs to the delivery in its file's name, else to the day of its last event. A bundle without a list of events
    becomes a row without a day: it is none, and must not go unnoticed.
    """
    columns = ", ".join(f'"{name}"' for name in names)
    if schema == "ga4":
        return f"SELECT event_date, event_date, $version, {columns} FROM ({query})"
    pieces = columns.replace('"event_dim"', "list_filter(event_dim, lambda e: coalesce(e.date, '') = day)")
    days = "list_transform(event_dim, lambda e: coalesce(e.date, ''))"
    return (
        f"SELECT day, delivered, $version, {pieces} FROM ("
        f"SELECT *, coalesce({_DELIVERY}, list_max({days}), '') AS delivered, "
        f"unnest(coalesce(list_distinct({days}), [''])) AS day FROM ({query}))"
    )


def register_days(
    connection: duckdb.DuckDBPyConnection, source: str, schema: str, suffixes: Collection[str]
) -> list[IngestedDay]:
    """Notes what the source's table now holds of these days (YYYYMMDD); a day without events is no day any more."""
    if not suffixes:
        return []
    days = {suffix: dt.datetime.strptime(suffix, "%Y%m%d").date() for suffix in sorted(suffixes)}
    old: dict[dt.date, int] = dict(
        connection.execute(
            "SELECT date, rows FROM groundup.export_days WHERE source = ? AND date IN (SELECT unnest(?::DATE[]))",
            [source, list(days.values())],
        ).fetchall()
    )
    marks = ", ".join("?" * len(days))
    # Deliveries of one ingest have one version: without their names, a day that loses one of them would keep its own.
    found = connection.execute(
        "SELECT _TABLE_SUFFIX, CASE WHEN bool_and(_delivered = _TABLE_SUFFIX) AND count(DISTINCT _version) = 1 "
        "THEN min(_version) ELSE md5(string_agg(DISTINCT _delivered || ':' || _version, ',' "
        "ORDER BY _delivered || ':' || _version)) END, "
        f'{_EVENTS[schema]} FROM delivered."{source}" WHERE _TABLE_SUFFIX IN ({marks}) GROUP BY 1',
        list(days),
    ).fetchall()
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection.execute(
        "DELETE FROM groundup.export_days WHERE source = ? AND date IN (SELECT unnest(?::DATE[]))",
        [source, list(days.values())],
    )
    if found:
        connection.executemany(
            "INSERT INTO groundup.export_days VALUES (?, ?, ?, ?, ?)",
            [[source, days[suffix], version, rows, now] for suffix, version, rows in found],
        )
    counts = {days[suffix]: rows for suffix, _, rows in found}
    return [IngestedDay(day, old.get(day, 0), counts.get(day, 0)) for day in days.values()]
