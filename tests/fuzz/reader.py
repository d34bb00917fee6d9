"""What a file holds, by other readers than the product's: json, gzip and pyarrow."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# What DuckDB's JSON reader takes beyond the standard: a comma after the last element.
_LAST_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(\s*[}\]])')
_DEPTH = 2_000


def read(data: bytes, schema: str) -> list[dict[str, Any]] | None:
    """The rows, each with the schema's own fields; None when these readers do not read the file."""
    if data[:4] == b"PAR1":
        return _parquet(data)
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [parsed for line in data.split(b"\n") if line.strip() for parsed in (_parse(line),)]


def _parquet(data: bytes) -> list[dict[str, Any]] | None:
    try:
        return pq.read_table(io.BytesIO(data)).to_pylist()
    except (pa.ArrowException, OSError, ValueError, NotImplementedError):
        return None


def _parse(line: bytes) -> dict[str, Any]:
    line = line.strip()
    if line.count(b"[") + line.count(b"{") > _DEPTH:
        line = _flattened(line)
    try:
        return json.loads(line, parse_int=_integer)
    except ValueError:
        return json.loads(_LAST_COMMA.sub(lambda match: match[1] or match[2], line), parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 400 else float(digits)


def _flattened(line: bytes) -> bytes:
    """The line with its deep value made shallow: only that it is there counts."""

    def shallow(deep: re.Match[bytes]) -> bytes:
        opened = max(deep[0].count(b"["), deep[0].count(b"{"))
        closed = max(deep[0].count(b"]"), deep[0].count(b"}"))
        # The brackets that close what stands around it directly follow.
        return b'"deep"' + deep[0][-1:] * (closed - opened)

    return re.sub(rb'\[{1000,}\]{1000,}|(\{"a":){1000,}1\}{1000,}', shallow, line)


def events(rows: list[dict[str, Any]], schema: str) -> int:
    """How many events the rows are."""
    return len(rows) if schema == "ga4" else sum(len(row["event_dim"]) for row in rows)


def filled(rows: list[dict[str, Any]], schema: str) -> Iterator[tuple[str, int]]:
    """Of each top-level column of a GA4 export that the rows have: in how many it is not NULL."""
    names = {name for row in rows for name in row} if schema == "ga4" else set()
    for name in sorted(names):
        yield name, sum(row.get(name) is not None for row in rows)
