"""Where exactly an export file is broken, and why; only broken files pay for that."""

from __future__ import annotations

from pathlib import Path

from loaders.export_broken_groups import describe_broken_group, find_undated_row
from loaders.export_broken_lines import describe_broken_line
from loaders.export_files import FileKind, shown


def describe_failure(path: Path, kind: FileKind, schema: str) -> str:
    """One sentence on what is wrong in the file that DuckDB could not read: the line or the row group, and why."""
    if kind is FileKind.PARQUET:
        return describe_broken_group(path, schema)
    return describe_broken_line(path, kind, schema) or (
        f"{shown(path)} could not be read as {kind.value}, or changed meanwhile; try again, or export it again."
    )


def find_row_without_day(path: Path, kind: FileKind, schema: str) -> str | None:
    """One sentence on the file's first event whose date is no day of this century, if there is one."""
    if kind is FileKind.PARQUET:
        return find_undated_row(path, schema)
    return describe_broken_line(path, kind, schema)
