"""GoogleSQL as it is sent: the files' own text, the source's tables in place of the export's, typed parameters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud.bigquery import (
    ArrayQueryParameter,
    ScalarQueryParameter,
    ScalarQueryParameterType,
    StructQueryParameter,
    StructQueryParameterType,
)

from loaders.catalog import Table
from loaders.errors import WarehouseError
from loaders.metrics import Setting
from loaders.sources import Source
from loaders.warehouse import Value

Parameter = ScalarQueryParameter | ArrayQueryParameter

_COMMENT = re.compile(r"--[^\n]*")
_NAMED = re.compile(r"(?<!@)@([A-Za-z_]\w*)")
_STRUCTS = re.compile(r"ARRAY<STRUCT<(.*)>>")
_EXPORT = re.compile(r"`export\.((?:app_)?events_)\*`")
_WILDCARD = re.compile(r"`[^`]*\*`")
_BOUND = re.compile(r"\b_TABLE_SUFFIX\s*(BETWEEN|=|IN\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A statement with its parameters; `what` it does and `where` its text lies are said when it is refused."""

    sql: str
    parameters: Sequence[Parameter]
    table: str
    day: dt.date | None
    what: str


def insert(table: Table, schema: str, source: Source | None, values: Mapping[str, Value], what: str) -> Statement:
    """Puts what the table's query gives into the table. Raises WarehouseError when a parameter is missing."""
    text = query_text(table, schema, source)
    columns = ", ".join(f"`{column.name}`" for column in table.columns)
    sql = f"INSERT INTO `{table.name}` ({columns})\nSELECT {columns} FROM (\n{text.rstrip()}\n)"
    return statement(sql, values, table.name, what)


def query_text(table: Table, schema: str, source: Source | None) -> str:
    """The table's query; of one that is kept by source, on the source's export."""
    text = table.sql(schema)
    return text if source is None else export_text(text, source)


def statement(sql: str, values: Mapping[str, Value], table: str, what: str) -> Statement:
    """The statement with those of the values that it names. Raises WarehouseError for one that is missing."""
    plain = _COMMENT.sub("", sql)
    if _WILDCARD.search(plain) and not _BOUND.search(plain):
        raise WarehouseError(
            f"{what}: the query reads all tables of an export, and pays for all; bound it by _TABLE_SUFFIX BETWEEN …."
        )
    names = sorted(set(_NAMED.findall(plain)))
    missing = [name for name in names if name not in values]
    if missing:
        raise WarehouseError(f"A query names @{missing[0]}, which its declaration does not give; declare it.")
    start = values.get("start_date")
    day = start if isinstance(start, dt.date) else None
    return Statement(sql, [parameter(name, values[name]) for name in names], table, day, what)


def export_text(sql: str, source: Source) -> str:
    """The text with the source's own daily tables in place of `export.events_*`."""
    kind = "intraday_" if source.tables == "intraday" else ""
    return _EXPORT.sub(lambda found: f"`{source.dataset}.{found[1]}{kind}*`", sql)


def parameter(name: str, value: Value) -> Parameter:
    """The value as a typed query parameter."""
    if isinstance(value, Setting):
        return _setting(name, value)
    if isinstance(value, dt.date):
        return ScalarQueryParameter(name, "DATE", value)
    if isinstance(value, tuple):
        return ArrayQueryParameter(name, "STRING", list(value))
    return ScalarQueryParameter(name, "INT64" if isinstance(value, int) else "STRING", value)


def _setting(name: str, setting: Setting) -> Parameter:
    value: Any = setting.value
    structs = _STRUCTS.fullmatch(setting.type)
    if structs:
        fields = [tuple(field.split(" ")) for field in structs[1].split(", ")]
        kind = StructQueryParameterType(*(ScalarQueryParameterType(each, name=field) for field, each in fields))
        rows = [
            StructQueryParameter(None, *(ScalarQueryParameter(field, each, row[field]) for field, each in fields))
            for row in value
        ]
        return ArrayQueryParameter(name, kind, rows)
    if setting.type.startswith("ARRAY<"):
        return ArrayQueryParameter(name, setting.type.removeprefix("ARRAY<").removesuffix(">"), list(value))
    return ScalarQueryParameter(name, setting.type, value)


def day_list(days: Sequence[dt.date]) -> str:
    """Days as literals: with them in the text, BigQuery drops whole partitions without reading them."""
    return ", ".join(f"DATE '{day}'" for day in days)
