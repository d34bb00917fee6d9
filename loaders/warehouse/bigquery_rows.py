"""Results of BigQuery as Arrow batches, a few in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.bigquery.table import RowIterator

from loaders.columns import Column
from loaders.warehouse.bigquery_errors import refusals

if TYPE_CHECKING:
    from google.cloud.bigquery_storage import BigQueryReadClient

# Rows of a page, when results come through REST.
PAGE_ROWS = 20_000
_QUEUED_BATCHES = 4

# As the embedded warehouse gives them: moments are UTC and don't say so.
_TYPES = {
    "DATE": pa.date32(),
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "ARRAY<STRUCT<key STRING, value STRING>>": pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())])),
}


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """The columns as every warehouse gives them."""
    return pa.schema([(column.name, _TYPES[column.type]) for column in columns])


def reader(
    result: RowIterator, columns: Sequence[Column], storage: BigQueryReadClient | None, what: str
) -> pa.RecordBatchReader:
    """The rows through the Storage API where there is a client of it that may read, else through REST.

    What goes wrong while they come is raised as WarehouseError where they are read.
    """
    schema = arrow_schema(columns)
    return pa.RecordBatchReader.from_batches(schema, _batches(result, schema, storage, what))


def _batches(
    result: RowIterator, schema: pa.Schema, storage: BigQueryReadClient | None, what: str
) -> Iterator[pa.RecordBatch]:
    with refusals(what):
        for batch in _through(result, storage):
            # An empty result is one batch without columns.
            if batch.num_columns:
                yield from pa.Table.from_batches([batch]).select(schema.names).cast(schema).to_batches()


def _through(result: RowIterator, storage: BigQueryReadClient | None) -> Iterable[pa.RecordBatch]:
    if storage is None:
        return result.to_arrow_iterable()
    batches = iter(
        result.to_arrow_iterable(bqstorage_client=storage, max_queue_size=_QUEUED_BATCHES, max_stream_count=1)
    )
    try:
        first = next(batches, None)
    except GoogleAPICallError:
        # An account may query and not read through this API; nothing has been read yet.
        return result.to_arrow_iterable()
    return _chained(first, batches)


def _chained(first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest
