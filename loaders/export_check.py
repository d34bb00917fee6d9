"""Whether an export file is of the schema that it is said to be of, by its first row."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import ExportFileError
from loaders.export_broken_groups import describe_footer
from loaders.export_broken_lines import why_no_event
from loaders.export_files import FileKind, places, shown
from loaders.export_lines import lines
from loaders.export_rows import parse_row
from loaders.exports import REQUIRED, TELL_TALES
from loaders.trial import REFUSALS, trial

_MARKS = {
    b"\xef\xbb\xbf": "begins with a byte order mark; save it as UTF-8 without one.",
    b"\xff\xfe": "is written in UTF-16; save it as UTF-8.",
    b"\xfe\xff": "is written in UTF-16; save it as UTF-8.",
}
# Events differ at least in their time: a file of far more rows than bytes was made to fill the disk or the memory.
_HARMLESS_ROWS = 1_000_000
_MOST_VALUES_PER_BYTE = 20
_HARMLESS_BYTES = 64 << 20
_LARGEST_RATIO = 200
_COLUMNS = "DESCRIBE SELECT * FROM read_parquet($path, hive_partitioning = false)"
_SIZES = (
    "SELECT max(values), sum(bytes) FROM (SELECT sum(greatest(num_values, row_group_num_rows)) AS values, "
    "sum(total_uncompressed_size) AS bytes FROM parquet_metadata($path) GROUP BY column_id)"
)


def check_schema(path: Path, kind: FileKind, schema: str) -> None:
    """Raises ExportFileError when the file's first row is no row of the schema."""
    names = _parquet_columns(path) if kind is FileKind.PARQUET else _first_keys(path, kind)
    if names is None or any(name in names for name in REQUIRED[schema]):
        return
    tell_tale = next((other for field, other in TELL_TALES.items() if field in names), None)
    if tell_tale:
        raise ExportFileError(
            f"{shown(path)} is an export of schema {tell_tale}, not {schema}; use --schema {tell_tale}."
        )
    found = ", ".join(_short(name) for name in sorted(names)[:5]) or "nothing"
    raise ExportFileError(
        f"{shown(path)} is no export of schema {schema}: its first row has none of {', '.join(REQUIRED[schema])} "
        f"but {found}; check --schema and the file."
    )


def _short(name: str) -> str:
    plain = shown(Path(name[:60]))
    return plain + ("…" if len(name) > 60 else "")  # noqa: PLR2004


def _first_keys(path: Path, kind: FileKind) -> set[str] | None:
    """The keys of the first row; None for an empty file. Raises ExportFileError when that row is broken."""
    for line in lines(path, kind):
        mark = next((said for start, said in _MARKS.items() if line.number == 1 and line.text.startswith(start)), None)
        if mark:
            raise ExportFileError(f"{shown(path)} {mark}")
        row = None if line.too_long else parse_row(line.text)
        if row is None:
            raise ExportFileError(f"{shown(path)}, line {line.number}: {why_no_event(line)}")
        return set(row)
    return None


def _parquet_columns(path: Path) -> set[str]:
    with places([path], FileKind.PARQUET) as found:
        place = {"path": found[path]}
        try:
            rows = trial().run(lambda connection: connection.execute(_COLUMNS, place).fetchall())
            sizes = trial().run(lambda connection: connection.execute(_SIZES, place).fetchall())
        except REFUSALS as error:
            raise ExportFileError(describe_footer(path, error)) from error
    values, unpacked = (int(size or 0) for size in sizes[0])
    size = path.stat().st_size
    if values > _HARMLESS_ROWS and values > _MOST_VALUES_PER_BYTE * size:
        raise ExportFileError(
            f"{shown(path)} claims {values:,} values a column in {size:,} bytes, which no export does; export it again."
        )
    if unpacked > _HARMLESS_BYTES and unpacked > _LARGEST_RATIO * size:
        raise ExportFileError(
            f"{shown(path)} unpacks to over {_LARGEST_RATIO} times its size, which no export does; export it again."
        )
    return {row[0] for row in rows}
