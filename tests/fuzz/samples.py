"""Small valid export files of every format and schema, from which the broken ones are made."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from loaders.exports import export_schema

SCHEMAS = ("ga4", "firebase")


@dataclass(frozen=True)
class Sample:
    """A valid Parquet file and how it was written."""

    label: str
    schema: str
    data: bytes


def row(schema: str, number: int) -> dict[str, Any]:
    """A valid row; rows differ by their number."""
    day = f"202603{1 + number % 3:02}"
    params = [{"key": "filter", "value": {"string_value": "벚꽃"}}, {"key": "n", "value": {"int_value": number}}]
    if schema == "ga4":
        return {
            "event_date": day,
            "event_timestamp": 1_772_323_200_000_000 + number,
            "event_name": ("open", "take_photo", "share")[number % 3],
            "event_params": params,
            "event_value_in_usd": number / 4,
            "user_pseudo_id": f"user-{number % 5}",
            "geo": {"country": "Türkiye", "city": "İzmir"},
            "app_info": {"version": "1.0.2"},
            "is_active_user": number % 2 == 0,
        }
    event = {"date": day, "name": "open", "params": params, "timestamp_micros": 1_488_000_000_000_000 + number}
    return {
        "user_dim": {
            "app_info": {"app_instance_id": f"user-{number % 5}", "app_platform": "IOS"},
            "device_info": {"limited_ad_tracking": number % 2 == 0},
            "geo_info": {"country": "Korea, Republic of"},
        },
        "event_dim": [event, {**event, "name": "take_photo", "value_in_usd": 0.25}][: 1 + number % 2],
    }


def small_row(schema: str) -> dict[str, Any]:
    """A row of a few bytes, for files that are cut at every one of them."""
    if schema == "ga4":
        return {"event_date": "20260301", "event_name": "ö", "geo": {"country": "X"}, "event_timestamp": 7}
    return {"user_dim": {"user_id": "ö"}, "event_dim": [{"date": "20170301", "name": "x", "timestamp_micros": 7}]}


def ndjson(rows: list[dict[str, Any]]) -> bytes:
    """The rows as NDJSON."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows).encode()


def small_parquet(schema: str) -> bytes:
    """As few bytes as a Parquet file of the schema takes; two row groups."""
    select = {
        "ga4": "SELECT '20260301' AS event_date, n AS event_timestamp FROM range(2) t(n)",
        "firebase": "SELECT [{'date': '20170301'}] AS event_dim FROM range(2)",
    }[schema]
    out = io.BytesIO()
    pq.write_table(
        duckdb.connect().sql(select).to_arrow_table(), out, row_group_size=1, write_statistics=False,
        store_schema=False, use_dictionary=False,
    )  # fmt: skip
    return out.getvalue()


@cache
def parquet_samples() -> tuple[Sample, ...]:
    """Every codec, encoding and page version that the libraries write, of both schemas."""
    samples = []
    for schema in SCHEMAS:
        table = _table(schema)
        for codec in ("snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"):
            samples.append(Sample(f"DuckDB {codec}", schema, _by_duckdb(table, codec)))
        for codec in ("snappy", "zstd", "gzip", "none"):
            for version in ("1.0", "2.0"):
                out = io.BytesIO()
                pq.write_table(
                    table, out, compression=codec, data_page_version=version, row_group_size=20,
                    use_dictionary=codec != "none", write_page_index=version == "2.0", data_page_size=256,
                )  # fmt: skip
                samples.append(Sample(f"Arrow {codec} {version}", schema, out.getvalue()))
    out = io.BytesIO()
    encodings = {"event_timestamp": "DELTA_BINARY_PACKED", "event_name": "DELTA_BYTE_ARRAY"}
    encodings |= {"user_pseudo_id": "DELTA_LENGTH_BYTE_ARRAY", "event_value_in_usd": "BYTE_STREAM_SPLIT"}
    table = _table("ga4")
    pq.write_table(table, out, use_dictionary=False, column_encoding=encodings, row_group_size=20)
    return (*samples, Sample("Arrow's other encodings", "ga4", out.getvalue()))


def _table(schema: str) -> pa.Table:
    rows = [row(schema, number) for number in range(40)]
    types = ", ".join(f"'{f.name}': '{f.duckdb_type}'" for f in export_schema(schema) if f.name in rows[0])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.ndjson"
        path.write_bytes(ndjson(rows))
        query = f"SELECT * FROM read_json('{path}', columns = {{{types}}}, format = 'newline_delimited')"
        return duckdb.connect().sql(query).to_arrow_table()


def _by_duckdb(table: pa.Table, codec: str) -> bytes:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "sample.parquet"
        connection.register("sample", table)
        connection.execute(f"COPY sample TO '{path}' (FORMAT parquet, COMPRESSION {codec}, ROW_GROUP_SIZE 20)")
        return path.read_bytes()
