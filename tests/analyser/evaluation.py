"""Small queries on Google's reference implementation of GoogleSQL: what BigQuery would answer, without BigQuery."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from zetasql.types import Parameter, SimpleTable, TableContent, TableData, Type, TypeKind, Value

from tests.analyser.compiled import service
from tests.analyser.statements import analyser_options, simple_catalog

Row = Mapping[str, Any]
EPOCH = date(1970, 1, 1)


def evaluate(
    sql: str,
    tables: Mapping[str, tuple[SimpleTable, Sequence[Row]]],
    given: Mapping[str, tuple[Type, Any]],
    columns: Mapping[str, Type],
) -> list[dict[str, Any]]:
    """The result's rows, of a query on these tables with these parameters, that gives columns of these types."""
    response = service().evaluate_query(
        sql=sql,
        options=analyser_options({name: kind for name, (kind, _) in given.items()}),
        simple_catalog=simple_catalog([table for table, _ in tables.values()]),
        table_content={table.name: content(table, rows) for table, rows in tables.values()},
        params=[Parameter(name=name, value=to_value(kind, value)) for name, (kind, value) in given.items()],
    )
    if response.content.table_data is None:
        return []
    return [
        {name: from_value(cell, kind) for (name, kind), cell in zip(columns.items(), row.cell, strict=True)}
        for row in response.content.table_data.row
    ]


def content(table: SimpleTable, rows: Sequence[Row]) -> TableContent:
    cells = [[to_value(column.type, row.get(column.name)) for column in table.column] for row in rows]
    return TableContent(table_data=TableData(row=[TableData.Row(cell=row) for row in cells]))


def to_value(kind: Type, value: Any) -> Value:
    """A Python value as the engine takes it; a field that a struct lacks is NULL."""
    if value is None:
        return Value()
    if kind.is_array():
        return Value(array_value=Value.Array(element=[to_value(kind.array_type.element_type, item) for item in value]))
    if kind.is_struct():
        fields = [to_value(field.field_type, value.get(field.field_name)) for field in kind.struct_type.field]
        return Value(struct_value=Value.Struct(field=fields))
    return SCALARS[TypeKind(kind.type_kind)](value)


def timestamp(moment: datetime) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(moment)
    return found


# A type that is not here yet occurs in no case yet.
SCALARS: dict[TypeKind, Callable[[Any], Value]] = {
    TypeKind.TYPE_DATE: lambda value: Value(date_value=(value - EPOCH).days),
    TypeKind.TYPE_DOUBLE: lambda value: Value(double_value=value),
    TypeKind.TYPE_INT64: lambda value: Value(int64_value=value),
    TypeKind.TYPE_STRING: lambda value: Value(string_value=value),
    TypeKind.TYPE_TIMESTAMP: lambda value: Value(timestamp_value=timestamp(value)),
}


def from_value(value: Value, kind: Type) -> Any:
    """A cell of a result as Python has it."""
    if kind.is_array():
        # NULL and an empty list are one once they are stored in BigQuery, and one in the answer.
        elements = value.array_value.element if value.array_value is not None else []
        return [from_value(element, kind.array_type.element_type) for element in elements]
    if value.struct_value is not None:
        fields = zip(kind.struct_type.field, value.struct_value.field, strict=True)
        return {field.field_name: from_value(cell, field.field_type) for field, cell in fields}
    if value.date_value is not None:
        return EPOCH + timedelta(days=value.date_value)
    return next((v for v in (value.int64_value, value.string_value, value.double_value) if v is not None), None)
