"""Replacing a report's days in MySQL: readers see the old rows or the new ones, never a half."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from loaders.catalog import Table
from loaders.store.complaints import explain_warning
from loaders.store.connection import MySQL
from loaders.store.fit import fitting
from loaders.store.send import Destination, send


@dataclass(frozen=True)
class Slice:
    """Days of a report, from one to another, with the version of each that is to be held."""

    table: Table
    place: str
    start: dt.date
    end: dt.date
    # A day without a version is removed and not replaced.
    versions: Mapping[dt.date, str]


def held_versions(connection: MySQL, table: Table) -> dict[dt.date, str]:
    """The version of each day that MySQL holds under the report's present declaration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT `date`, version FROM slices WHERE report = %s AND declaration = %s",
            (table.name, table.declaration_version()),
        )
        return {row[0]: row[1] for row in cursor.fetchall()}


def held_rows(connection: MySQL, table: Table) -> dict[dt.date, int]:
    """How many rows MySQL holds of each day under the report's present declaration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT `date`, `rows` FROM slices WHERE report = %s AND declaration = %s",
            (table.name, table.declaration_version()),
        )
        return {row[0]: row[1] for row in cursor.fetchall()}


def write_slice(connection: MySQL, part: Slice, batches: Iterable[pa.RecordBatch], run: str) -> int:
    """DELETE, LOAD DATA, verification and versions, in the connection's open transaction; the caller commits.

    Gives the rows written. Raises StoreError when MySQL would clip, merge or drop anything.
    """
    table = part.table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM `{part.place}` WHERE `{table.partition}` BETWEEN %s AND %s",
            (part.start, part.end),
        )
    what = f"{table.name}, {part.start} to {part.end}"
    destination = Destination(
        place=part.place,
        columns=[column.name for column in table.columns],
        partition=table.partition,
        what=what,
        explain=lambda code, text: explain_warning(table, what, code, text),
        if_fewer="Make the key in report.yaml unique for every row of the query.",
    )
    rows = send(connection, destination, fitting(table, batches))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM slices WHERE report = %s AND declaration = %s AND `date` BETWEEN %s AND %s",
            (table.name, table.declaration_version(), part.start, part.end),
        )
        cursor.executemany(
            "INSERT INTO slices (report, declaration, `date`, version, `rows`, run) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (table.name, table.declaration_version(), day, version, rows.counts.get(day, 0), run)
                for day, version in part.versions.items()
            ],
        )
    return rows.sent
