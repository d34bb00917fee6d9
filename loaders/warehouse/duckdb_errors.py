"""What DuckDB's failures mean for the embedded warehouse, and what to do about each."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from loaders.errors import WarehouseBusyError, WarehouseError

_BUSY = re.compile(r"set lock on file|Conflicting lock")
_FULL = re.compile(r"No space left on device|Disk quota exceeded|max_temp_directory_size")

# What DuckDB says, and what that means; the first that fits counts.
_SENTENCES = (
    (_BUSY, "The warehouse {path} is in use by another groundup command{who}; wait until it ends, then try again."),
    (_FULL, "The disk with the warehouse {path} is full, and nothing was changed; make room on it, then try again."),
    (
        re.compile(r"Read-only file system"),
        "The warehouse {path} lies on a read-only disk; make it writable, or set GROUNDUP_HOME to another folder.",
    ),
    (
        re.compile(r"storage version number|newer version of DuckDB"),
        "The warehouse {path} was written by a newer version of DuckDB than this project's; update the project, or "
        "move the file away and ingest the exports again.",
    ),
    (
        re.compile(r"not a valid DuckDB database"),
        "{path} is no warehouse that this version can read; move it away and ingest the exports again.",
    ),
    (
        re.compile(r"Corrupt database file|Could not read enough bytes|checksum"),
        "The warehouse {path} is damaged ({reason}); move it away and ingest the exports again: the reports keep "
        "their figures until then.",
    ),
)


def condition(error: BaseException, path: Path) -> WarehouseError | None:
    """The error of the file, its disk or another command, as one sentence; None for what is none of these."""
    if not isinstance(error, duckdb.Error | OSError):
        return None
    text = str(error)
    for pattern, sentence in _SENTENCES:
        if pattern.search(text):
            holder = re.search(r"PID (\d+)", text)
            who = f" (process {holder.group(1)})" if holder else ""
            told = sentence.format(path=path, who=who, reason=_first_line(text))
            if pattern is _BUSY:
                return WarehouseBusyError(told, int(holder.group(1)) if holder else None)
            return WarehouseError(told)
    return None


def concerns_warehouse(error: BaseException) -> bool:
    """Whether a statement that reads export files failed for the warehouse's sake and not for theirs."""
    return bool(_FULL.search(str(error)) or "Corrupt database file" in str(error))


def cannot_open(error: Exception, path: Path) -> WarehouseError:
    """Why the file could not be opened."""
    known = condition(error, path)
    if known:
        return known
    reason = error.strerror if isinstance(error, OSError) else _first_line(str(error))
    if isinstance(error, OSError | duckdb.IOException):
        return WarehouseError(f"The warehouse {path} cannot be opened ({reason}); check the folder's permissions.")
    return WarehouseError(
        f"The warehouse {path} cannot be opened ({reason}); move it away and ingest the exports again."
    )


def refused(error: duckdb.Error, path: Path) -> WarehouseError:
    """Why a statement, or the end of a transaction, failed."""
    return condition(error, path) or WarehouseError(
        f"The embedded warehouse refused a statement ({_first_line(str(error))}); nothing was changed."
    )


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else "it gave no reason"
