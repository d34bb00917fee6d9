"""What an export file is, and where exactly it is broken."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb

from loaders.errors import ExportFileError
from loaders.exports import REQUIRED, TELL_TALES, export_schema
from loaders.misfits import find_misfit

_DAY = re.compile(r"[0-9]{8}")
_LONGEST_LINE = 16 * 1024 * 1024


class FileKind(Enum):
    """How an export file is written, by its first bytes and not by its name."""

    PARQUET = "Parquet"
    GZIP_JSON = "gzipped NDJSON"
    JSON = "NDJSON"


def file_kind(path: Path) -> FileKind:
    """The kind of the file. Raises ExportFileError when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except IsADirectoryError as error:
        raise ExportFileError(f"{path} is a folder; name the files in it, such as {path}/*.") from error
    except OSError as error:
        raise ExportFileError(
            f"{path} cannot be read ({error.strerror}); check the name and the permissions."
        ) from error
    if start == b"PAR1":
        return FileKind.PARQUET
    return FileKind.GZIP_JSON if start[:2] == b"\x1f\x8b" else FileKind.JSON


def check_schema(path: Path, kind: FileKind, schema: str) -> None:
    """Raises ExportFileError when the file's first row is no row of the schema."""
    names = _parquet_columns(path) if kind is FileKind.PARQUET else _first_keys(path, kind)
    if names is None or any(name in names for name in REQUIRED[schema]):
        return
    tell_tale = next((other for field, other in TELL_TALES.items() if field in names), None)
    if tell_tale:
        raise ExportFileError(f"{path} is an export of schema {tell_tale}, not {schema}; use --schema {tell_tale}.")
    found = ", ".join(sorted(names)[:5]) or "nothing"
    raise ExportFileError(
        f"{path} is no export of schema {schema}: its first row has none of {', '.join(REQUIRED[schema])} "
        f"but {found}; check --schema and the file."
    )


def describe_failure(path: Path, kind: FileKind, schema: str, error: Exception) -> str:
    """One sentence on what is wrong in the file that DuckDB could not read, with line number where there is one."""
    text = str(error)
    if kind is FileKind.PARQUET:
        return f"{path} cannot be read as Parquet ({text.splitlines()[0]}); export it again."
    if "maximum_object_size" in text:
        return f"{path} has a line of over {_LONGEST_LINE // 2**20} MB, which is no event; correct or remove it."
    if "byte order mark" in text:
        return f"{path} begins with a byte order mark; save it as UTF-8 without one."
    broken = _first_broken_line(path, kind, schema)
    if broken:
        return broken
    return f"{path} cannot be read as {kind.value} ({text.splitlines()[0][:200]}); export it again."


# Per schema: the days of a row's events, in DuckDB's SQL and in Python, and what the field is called.
_DAYS_SQL = {"ga4": "[event_date::VARCHAR]", "firebase": "list_transform(event_dim, lambda e: e.date::VARCHAR)"}
_DAY_FIELD = {"ga4": "event_date", "firebase": "event_dim.date"}


def _days_of(row: dict[str, Any], schema: str) -> list[Any]:
    if schema == "ga4":
        return [row.get("event_date")]
    return [event.get("date") for event in row.get("event_dim") or [] if isinstance(event, dict)]


def find_row_without_day(path: Path, kind: FileKind, schema: str) -> str | None:
    """One sentence on the file's first event whose date is no day, if there is one."""
    remedy = "is no day of the form YYYYMMDD; correct the file"
    if kind is FileKind.PARQUET:
        row = (
            duckdb.connect()
            .execute(
                f"SELECT number, day FROM (SELECT file_row_number + 1 AS number, unnest({_DAYS_SQL[schema]}) AS day "
                "FROM read_parquet($path, file_row_number = true)) "
                "WHERE (regexp_full_match(day, '[0-9]{8}') AND try_strptime(day, '%Y%m%d') IS NOT NULL) IS NOT TRUE "
                "ORDER BY 1 LIMIT 1",
                {"path": str(path)},
            )
            .fetchone()
        )
        return f"{path}, row {row[0]}: {_DAY_FIELD[schema]} {row[1]!r} {remedy}." if row else None
    for number, line in _lines(path, kind):
        for day in _days_of(json.loads(line), schema):
            if not _is_day(str(day)):
                return f"{path}, line {number}: {_DAY_FIELD[schema]} {day!r} {remedy}."
    return None


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(dt.datetime.strptime(text, "%Y%m%d"))
    except ValueError:
        return False


def _parquet_columns(path: Path) -> set[str]:
    try:
        rows = duckdb.connect().execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    except duckdb.Error as error:
        raise ExportFileError(describe_failure(path, FileKind.PARQUET, "", error)) from error
    return {row[0] for row in rows}


def _first_keys(path: Path, kind: FileKind) -> set[str] | None:
    """The keys of the first row; None for an empty file. Raises ExportFileError when that row is broken."""
    try:
        for number, line in _lines(path, kind):
            row = _parse(line)
            if not isinstance(row, dict):
                raise ExportFileError(_broken(path, number))
            return set(row)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise ExportFileError(f"{path} cannot be unpacked ({error}); export it again.") from error
    return None


def _first_broken_line(path: Path, kind: FileKind, schema: str) -> str | None:
    # DuckDB counts events where it says lines, so the line is looked for again; only a broken file pays for that.
    fields = export_schema(schema)
    try:
        for number, line in _lines(path, kind):
            row = _parse(line)
            if not isinstance(row, dict):
                return _broken(path, number)
            misfit = find_misfit(row, fields)
            if misfit:
                return (
                    f"{path}, line {number}: {misfit.place} is {misfit.shown}, which is no {misfit.type}; correct it."
                )
    except (OSError, EOFError) as error:
        return f"{path} cannot be unpacked ({error}); export it again."
    return None


def _broken(path: Path, number: int) -> str:
    return f"{path}, line {number}: not a JSON object; every line must be one event. Correct or remove the line."


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _lines(path: Path, kind: FileKind) -> Iterator[tuple[int, bytes]]:
    """The file's lines that are not blank, with their numbers from 1; a line that is too long is cut, thus broken."""
    opened = gzip.open(path) if kind is FileKind.GZIP_JSON else path.open("rb")  # noqa: SIM115
    with opened as file:
        number = 0
        while line := cast(BinaryIO, file).readline(_LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, line
