"""Rows as typed Arrow tables, by the names that GoogleSQL and the exports' schemas give the types."""

import pyarrow as pa

from loaders.exports import Field

ARROW_TYPES = {
    "ARRAY<STRUCT<key STRING, value STRING>>": pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())])),
    "BOOL": pa.bool_(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "FLOAT": pa.float64(),
    "FLOAT64": pa.float64(),
    "INT64": pa.int64(),
    "INTEGER": pa.int64(),
    "STRING": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
}


def export_type(field: Field) -> pa.DataType:
    """The type of an export's field, nested as it is."""
    inner = [(f.name, export_type(f)) for f in field.fields]
    kind = pa.struct(inner) if inner else ARROW_TYPES[field.type]
    return pa.list_(kind) if field.mode == "REPEATED" else kind
