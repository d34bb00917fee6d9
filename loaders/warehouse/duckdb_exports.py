"""The exports' rows in the embedded warehouse: kept as narrow as they were delivered, read as wide as their schema.

`delivered."source"` holds the rows, with the columns and inner fields that any file has brought so far; a field that no
file has takes neither time nor room. The view `exports."source"` gives them every field of the schema, for queries.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import duckdb
from duckdb.sqltypes import DuckDBPyType

from loaders.exports import Field

# Not of the export: which day a row is of, which delivery brought it, which ingest wrote it.
OWN_COLUMNS = ("_TABLE_SUFFIX", "_delivered", "_version")
# Columns by which rows are found; they are there whatever the files bring.
_ALWAYS = {"ga4": ("event_date", "event_name", "event_timestamp", "user_pseudo_id")}


def delivered_fields(fields: Sequence[Field], types: Mapping[str, DuckDBPyType]) -> list[Field]:
    """Those of the schema's fields that a file of these columns has, each with only the inner fields that it has."""
    return [_restricted(field, types[field.name]) for field in fields if field.name in types]


def widest(deliveries: Sequence[Sequence[Field]], fields: Sequence[Field]) -> list[Field]:
    """What all the deliveries' fields fit into; a field that they bring in several shapes is taken whole."""
    found: dict[str, Field] = {}
    for field in (field for delivery in deliveries for field in delivery):
        known = found.setdefault(field.name, field)
        if not _covers(known, field):
            found[field.name] = next(whole for whole in fields if whole.name == field.name)
    return list(found.values())


def make_room(
    connection: duckdb.DuckDBPyConnection, source: str, schema: str, fields: Sequence[Field], wanted: Sequence[Field]
) -> dict[str, str]:
    """Makes the source's table and view, or widens them, so that the wanted fields fit; gives the columns' types.

    `fields` are all of the schema. Rows that are there get NULL for what they lack.
    """
    table = f'delivered."{source}"'
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(f'{name} VARCHAR' for name in OWN_COLUMNS)})")
    # The 2017 schema has few columns, and rows are found by what lies deep inside of them.
    asked = {field.name: field for field in (wanted if schema in _ALWAYS else fields)}
    asked = {field.name: field for field in fields if field.name in _ALWAYS.get(schema, ())} | asked
    held = {field.name: field for field in delivered_fields(fields, _types(connection, table))}
    for name, field in asked.items():
        if name not in held:
            held[name] = field
            connection.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" {field.duckdb_type}')
        elif not _covers(held[name], field):
            held[name] = next(whole for whole in fields if whole.name == name)
            connection.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" SET DATA TYPE {held[name].duckdb_type}')
    make_view(connection, source, fields, list(held.values()))
    return {name: field.duckdb_type for name, field in held.items()}


def make_view(
    connection: duckdb.DuckDBPyConnection, source: str, fields: Sequence[Field], held: Sequence[Field]
) -> None:
    """Makes the view that gives the source's rows every field of the schema; `held` are those that the table has."""
    types = {field.name: field.duckdb_type for field in held}
    columns = [f"{name} AS {name}" for name in OWN_COLUMNS]
    columns += [f'{_widened(field, types.get(field.name))} AS "{field.name}"' for field in fields]
    connection.execute(
        f'CREATE OR REPLACE VIEW exports."{source}" AS SELECT {", ".join(columns)} FROM delivered."{source}"'
    )


def drop_rows(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Drops the source's table and view."""
    connection.execute(f'DROP VIEW IF EXISTS exports."{source}"')
    connection.execute(f'DROP TABLE IF EXISTS delivered."{source}"')


def _types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, DuckDBPyType]:
    relation = connection.sql(f"SELECT * FROM {table} LIMIT 0")
    return dict(zip(relation.columns, relation.types, strict=True))


def _restricted(field: Field, kind: DuckDBPyType) -> Field:
    """The field with only the inner fields that the type has, in its order; whole where it has none of them."""
    if field.mode == "REPEATED" and kind.id == "list":
        kind = dict(kind.children)["child"]
    if field.type != "RECORD" or kind.id != "struct":
        return field
    inner = {each.name: each for each in field.fields}
    kept = tuple(_restricted(inner[name], child) for name, child in kind.children if name in inner)
    return dataclasses.replace(field, fields=kept) if kept else field


def _covers(wide: Field, narrow: Field) -> bool:
    inner = {field.name: field for field in wide.fields}
    return all(field.name in inner and _covers(inner[field.name], field) for field in narrow.fields)


def _widened(field: Field, held: str | None) -> str:
    if held is None:
        return f"NULL::{field.duckdb_type}"
    return f'"{field.name}"' if held == field.duckdb_type else f'CAST("{field.name}" AS {field.duckdb_type})'
