"""Our tables at BigQuery: partitioned by day, clustered, made and changed as their folders declare them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from google.api_core.exceptions import NotFound
from google.cloud import bigquery
from google.cloud.bigquery import SchemaField

from loaders.catalog import Table
from loaders.columns import Column

# What BigQuery can cluster by, of the types that we have.
_CLUSTERED = {"DATE", "STRING", "INT64", "BOOL", "TIMESTAMP"}
_MOST_CLUSTERED = 4
_LEGACY_NAMES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
_STRUCTS = re.compile(r"ARRAY<STRUCT<(.*)>>")

DAYS_SCHEMA = (
    SchemaField("date", "DATE"),
    SchemaField("source", "STRING"),
    SchemaField("modified_at", "TIMESTAMP"),
    SchemaField("rows", "INTEGER"),
    SchemaField("final_at", "TIMESTAMP"),
)


def definition(dataset: bigquery.DatasetReference, table: Table) -> bigquery.Table:
    """The table as its folder declares it. A column is never REQUIRED: MySQL checks that, and names the report."""
    made = bigquery.Table(dataset.table(table.name), [_field(column) for column in table.columns])
    made.description = table.description
    made.labels = {"app": "groundup"}
    made.time_partitioning = bigquery.TimePartitioning(bigquery.TimePartitioningType.DAY, field=table.partition)
    # Every event of every source: nobody should read it whole by mistake.
    made.require_partition_filter = table.per_source or None
    made.clustering_fields = clustering(table) or None
    return made


def clustering(table: Table) -> list[str]:
    """The key's columns, or the texts of a table without a key, in their order; the partition is none of them."""
    fit = [
        column.name
        for column in table.columns
        if column.name != table.partition
        and (column.name in table.key if table.key else column.type == "STRING")
        and column.type in _CLUSTERED
    ]
    return fit[:_MOST_CLUSTERED]


def bring_up(
    client: bigquery.Client, wanted: bigquery.Table, before_dropping: Callable[[], None]
) -> tuple[bigquery.Table, bool]:
    """The table as it is wanted, and whether it is new.

    New columns, clustering and descriptions are changed in place. A column of another type or none any more, or another
    partitioning, is another table: `before_dropping` is called, then the old one goes.
    """
    try:
        held = client.get_table(wanted.reference)
    except NotFound:
        return client.create_table(wanted, exists_ok=True), True
    if _partitioning(held) != _partitioning(wanted) or not _fits(held.schema, wanted.schema):
        before_dropping()
        client.delete_table(held, not_found_ok=True)
        return client.create_table(wanted, exists_ok=True), True
    changes = _changes(held, wanted)
    return (client.update_table(held, changes), False) if changes else (held, False)


def _changes(held: bigquery.Table, wanted: bigquery.Table) -> list[str]:
    """Sets on `held` what is wanted otherwise; gives the names of the properties that were set."""
    changes = []
    described = {field.name: field for field in wanted.schema}
    # What is there stays where it is; what is new comes last.
    schema = [described[field.name] for field in held.schema]
    schema += [field for field in wanted.schema if field.name not in {each.name for each in held.schema}]
    if [_described(field) for field in held.schema] != [_described(field) for field in schema]:
        held.schema = schema
        changes.append("schema")
    if held.description != wanted.description:
        held.description = wanted.description
        changes.append("description")
    if (held.clustering_fields or None) != wanted.clustering_fields:
        held.clustering_fields = wanted.clustering_fields
        changes.append("clustering_fields")
    return changes


def _field(column: Column) -> SchemaField:
    structs = _STRUCTS.fullmatch(column.type)
    if not structs:
        return SchemaField(column.name, _LEGACY_NAMES.get(column.type, column.type), description=column.description)
    fields = [SchemaField(*field.split(" ")) for field in structs[1].split(", ")]
    return SchemaField(column.name, "RECORD", "REPEATED", description=column.description, fields=fields)


def _partitioning(table: bigquery.Table) -> str | None:
    return table.time_partitioning.field if table.time_partitioning else None


def _fits(held: Sequence[SchemaField], wanted: Sequence[SchemaField]) -> bool:
    """Whether the wanted columns are the held ones and perhaps new ones."""
    kinds = {field.name: _kind(field) for field in wanted}
    return all(kinds.get(field.name) == _kind(field) for field in held)


def _kind(field: SchemaField) -> object:
    name = _LEGACY_NAMES.get(field.field_type, field.field_type)
    return "RECORD" if name == "STRUCT" else name, field.mode == "REPEATED", [_kind(inner) for inner in field.fields]


def _described(field: SchemaField) -> tuple[str, str]:
    return field.name, field.description or ""
