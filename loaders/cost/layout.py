"""What a table's rows consist of for whoever is billed by the byte: the fields at the ends of the nesting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.catalog import Table
from loaders.exports import Field

# Bytes of a value; NULL is free, a text takes 2 and its length in UTF-8, a struct or list what is in it.
# Source: "Data type sizes" in BigQuery's documentation.
FIXED_BYTES = {
    "BOOL": 1,
    "BOOLEAN": 1,
    "DATE": 8,
    "DATETIME": 8,
    "FLOAT": 8,
    "FLOAT64": 8,
    "INT64": 8,
    "INTEGER": 8,
    "NUMERIC": 16,
    "BIGNUMERIC": 32,
    "TIME": 8,
    "TIMESTAMP": 8,
}
TEXT_OVERHEAD = 2
# The pseudo column by which a query picks tables of a wildcard; it is part of no row and costs nothing.
TABLE_SUFFIX = "_TABLE_SUFFIX"

_LIST = re.compile(r"ARRAY<(.*)>")
_STRUCT = re.compile(r"STRUCT<(.*)>")


@dataclass(frozen=True)
class Layout:
    """A table's fields, and the column that names its partitions; None when it has no partitions."""

    fields: tuple[Field, ...]
    partition: str | None = None

    @property
    def leaves(self) -> frozenset[str]:
        """All fields that hold values themselves, such as `geo.country`."""
        return frozenset(path for path, _ in leaves(self.fields))


def layout_of(table: Table) -> Layout:
    """The layout of a table of ours."""
    return Layout(tuple(_column(column.name, column.type) for column in table.columns), table.partition)


def export_layout(fields: Sequence[Field]) -> Layout:
    """The layout of an export's daily tables, read through their wildcard."""
    return Layout(tuple(fields), TABLE_SUFFIX)


def leaves(fields: Sequence[Field], prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Each field that holds values itself, by its dotted path."""
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.fields:
            yield from leaves(field.fields, f"{path}.")
        else:
            yield path, field


def leaf_bytes(fields: Sequence[Field], row: Mapping[str, Any], prefix: str = "") -> dict[str, int]:
    """The bytes that a row has in each of its leaves."""
    found: dict[str, int] = {}
    for field in fields:
        value = row.get(field.name)
        items = [] if value is None else value if field.mode == "REPEATED" else [value]
        for item in items:
            inner = (
                leaf_bytes(field.fields, item, f"{prefix}{field.name}.")
                if field.fields
                else {f"{prefix}{field.name}": value_bytes(field.type, item)}
            )
            for path, size in inner.items():
                found[path] = found.get(path, 0) + size
    return found


def value_bytes(kind: str, value: object) -> int:
    """The bytes of one value of a scalar type, by the type's GoogleSQL or older name."""
    if value is None:
        return 0
    if kind == "STRING":
        return TEXT_OVERHEAD + len(str(value).encode())
    return FIXED_BYTES[kind]


def _column(name: str, kind: str) -> Field:
    of_list = _LIST.fullmatch(kind)
    mode, kind = ("REPEATED", of_list[1]) if of_list else ("NULLABLE", kind)
    struct = _STRUCT.fullmatch(kind)
    if not struct:
        return Field(name, kind, mode)
    inner = (field.split(" ") for field in struct[1].split(", "))
    return Field(name, "RECORD", mode, tuple(Field(each, of, "NULLABLE") for each, of in inner))
