"""How many bytes rows have in each leaf, measured by DuckDB where they lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from loaders.cost.layout import FIXED_BYTES, TEXT_OVERHEAD, Layout
from loaders.exports import Field

# Leaf → bytes.
Leaves = Mapping[str, float]
# Partition → its leaves; a table without partitions has the one that is called None.
Partitions = Mapping[dt.date | None, Leaves]


def measure(connection: duckdb.DuckDBPyConnection, relation: str, layout: Layout, day: str = "NULL") -> Partitions:
    """The bytes of a relation's rows by leaf and partition; `day` is the SQL that gives a row's partition."""
    paths = sorted(layout.leaves)
    sums = ", ".join(f"coalesce(sum({_size(layout.fields, path.split('.'), '')}), 0)::BIGINT" for path in paths)
    rows = connection.execute(f"SELECT {day}, {sums} FROM {relation} GROUP BY 1 ORDER BY 1").fetchall()
    return {row[0]: dict(zip(paths, row[1:], strict=True)) for row in rows}


def _size(fields: Sequence[Field], path: Sequence[str], prefix: str, depth: int = 0) -> str:
    """DuckDB's expression for the bytes that a row has in a leaf."""
    field = next(each for each in fields if each.name == path[0])
    value = f'{prefix}"{field.name}"'
    if field.mode == "REPEATED":
        item = f"item_{depth}"
        inner = _size(field.fields, path[1:], f"{item}.", depth + 1) if field.fields else _scalar(field.type, item)
        return f"coalesce(list_sum(list_transform({value}, lambda {item}: {inner})), 0)"
    return _size(field.fields, path[1:], f"{value}.", depth) if field.fields else _scalar(field.type, value)


def _scalar(kind: str, value: str) -> str:
    if kind == "STRING":
        return f"coalesce({TEXT_OVERHEAD} + strlen({value}), 0)"
    return f"CASE WHEN {value} IS NULL THEN 0 ELSE {FIXED_BYTES[kind]} END"
