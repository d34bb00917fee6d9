"""What a statement is billed, given how many bytes each leaf has in each partition."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlglot import exp

from loaders.bigquery_prices import MIB, MINIMUM_PER_TABLE
from loaders.cost.layout import TABLE_SUFFIX, Layout
from loaders.cost.measure import Leaves, Partitions
from loaders.cost.scans import Reading, Scan, read_by
from loaders.warehouse.duckdb_sql import translate

_NAMED = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Sized:
    """A table: its layout, and what it holds."""

    layout: Layout
    partitions: Partitions


@dataclass(frozen=True)
class Read:
    """What a statement reads of a table: these leaves of these partitions, and their bytes."""

    table: str
    leaves: frozenset[str]
    days: tuple[dt.date | None, ...]
    processed: int
    # A daily table of an export is a table of its own.
    tables: int = 1


@dataclass(frozen=True)
class Bill:
    """What a statement is billed for, table by table."""

    reads: Sequence[Read]

    @property
    def billed(self) -> int:
        """Bytes: 10 MiB at least for each table that is referenced, and the sum in whole MiB."""
        total = sum(max(read.processed, read.tables * MINIMUM_PER_TABLE) for read in self.reads)
        return -(-total // MIB) * MIB


def bill(sql: str, parameters: Mapping[str, Any], tables: Mapping[str, Sized]) -> Bill:
    """The bill of a query, an INSERT or a DELETE in GoogleSQL.

    A table that is named more than once is billed once, for every leaf and every partition that any of its scans needs.
    Raises WarehouseError for a table of which no sizes are known.
    """
    reading = read_by(sql, {name: table.layout for name, table in tables.items()})
    if reading.deletes_whole_partitions:
        return Bill([])
    by_table: dict[str, list[Scan]] = {}
    for scan in reading.scans:
        by_table.setdefault(scan.table, []).append(scan)
    return Bill([_read(name, scans, reading, parameters, tables[name]) for name, scans in by_table.items()])


def _read(name: str, scans: Sequence[Scan], reading: Reading, parameters: Mapping[str, Any], table: Sized) -> Read:
    days = sorted({day for scan in scans for day in kept(scan, table.partitions, parameters)}, key=str)
    leaves = frozenset().union(*(scan.leaves for scan in scans))
    processed = sum(size_of(table.partitions[day], leaves) for day in days)
    if reading.deleted in scans:
        # What is left of the partitions is written anew: "the sum of bytes for all the columns in the modified
        # partitions" comes on top of the columns referenced.
        processed += sum(size_of(table.partitions[day], table.layout.leaves) for day in days)
    tables = len(days) if table.layout.partition == TABLE_SUFFIX else 1
    return Read(name, leaves, tuple(days), round(processed), tables)


def size_of(partition: Leaves, leaves: Collection[str]) -> float:
    """The bytes of these leaves in a partition."""
    return sum(partition.get(leaf, 0) for leaf in leaves)


def kept(scan: Scan, days: Collection[dt.date | None], parameters: Mapping[str, Any]) -> set[dt.date | None]:
    """The partitions that the scan's conditions leave; all of them without any."""
    if not scan.conditions:
        return set(days)
    suffix = scan.layout.partition == TABLE_SUFFIX
    there = [f"{day:%Y%m%d}" if suffix else str(day) for day in days if day]
    condition = exp.and_(*(each.copy() for each in scan.conditions))
    for column in condition.find_all(exp.Column):
        column.replace(exp.column("partition_day"))
    chosen = f"SELECT partition_day FROM candidates WHERE {condition.sql(dialect='bigquery')}"
    sql = translate(chosen).sql
    kind = "VARCHAR" if suffix else "DATE"
    given = {each: parameters[each] for each in set(_NAMED.findall(sql))}
    rows = duckdb.execute(
        f"WITH candidates AS (SELECT unnest($candidates_there)::{kind} AS partition_day) {sql}",
        {**given, "candidates_there": there},
    ).fetchall()
    return {dt.datetime.strptime(day, "%Y%m%d").date() if suffix else day for (day,) in rows}
