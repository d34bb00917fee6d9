"""Values that MySQL would clip, merge or refuse, found before they are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.catalog import Table
from loaders.columns import Column
from loaders.errors import StoreError
from loaders.shown import shown

# MySQL writes a year with four digits, as GoogleSQL does.
_DAYS = (dt.date.min, dt.date.max)
_MOMENTS = (dt.datetime.min, dt.datetime.max)


def fitting(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches as they are. Raises StoreError at the first value that MySQL would not keep as it is."""
    for batch in batches:
        for column in table.columns:
            for misfits, complaint in _objections(column, column.name in table.key, batch.column(column.name)):
                row = pc.index(misfits, True).as_py()
                if row >= 0:
                    raise StoreError(_sentence(table, column, batch, row, complaint))
        yield batch


def _objections(column: Column, in_key: bool, values: pa.Array) -> Iterator[tuple[pa.Array, str]]:
    """For each thing that may be wrong with a column: the rows where it is, and what to say of them."""
    if in_key:
        yield values.is_null(), "and a key may not be NULL; give it a value in query.sql, as by IFNULL"
    elif not column.nullable:
        yield (
            values.is_null(),
            "which report.yaml does not allow; declare it nullable there, or use IFNULL in query.sql",
        )
    if column.type == "STRING":
        lengths = pc.utf8_length(values)
        yield (
            pc.greater(lengths, column.length),
            f"longer than the {column.length} characters that report.yaml gives it, and the longest text here has "
            f"{pc.max(lengths).as_py()}; raise `length` there, or cut it by SUBSTR in query.sql",
        )
        if in_key:
            yield (
                pc.ends_with(values, " "),
                "and MySQL takes a key that ends with a space for the one without it; use RTRIM before GROUP BY in "
                "query.sql",
            )
    elif column.type == "FLOAT64":
        yield pc.invert(pc.is_finite(values)), "which is no number to MySQL; give NULL instead in query.sql"
    elif column.type in {"DATE", "TIMESTAMP"}:
        kind = pa.date32() if column.type == "DATE" else pa.timestamp("us", values.type.tz)
        first, last = (pa.scalar(limit, kind) for limit in (_DAYS if column.type == "DATE" else _MOMENTS))
        moments = values.cast(kind)
        yield (
            pc.or_(pc.less(moments, first), pc.greater(moments, last)),
            "outside the years 1 to 9999 that MySQL has; give NULL instead in query.sql",
        )


def _sentence(table: Table, column: Column, batch: pa.RecordBatch, row: int, complaint: str) -> str:
    day, value = (_plain(batch.column(name)[row]) for name in (table.partition, column.name))
    text = "NULL" if value is None else shown(value)
    return f"{table.name}, {day}: {column.name} is {text}, {complaint}. The old rows were kept."


def _plain(value: pa.Scalar) -> Any:
    """The value in Python; of a day or time its text, for Python does not have all of Arrow's."""
    return value.cast(pa.string()).as_py() if pa.types.is_temporal(value.type) else value.as_py()
