"""The first line of an NDJSON export that is no event, by DuckDB's own judgement: its number and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.event_days import DAYS, describe_undated, is_day
from loaders.export_files import FileKind, shown
from loaders.export_lines import LONGEST_LINE, Line, lines
from loaders.export_rows import has_half_character, parse_row
from loaders.exports import export_schema
from loaders.misfits import find_misfit
from loaders.trial import REFUSALS, trial

_LINES_AT_ONCE = 4_096


def describe_broken_line(path: Path, kind: FileKind, schema: str) -> str | None:
    """One sentence on the first line that DuckDB refuses or that has no day, if there is one."""
    with TemporaryDirectory(prefix="groundup-") as folder:
        judge = _Judge(Path(folder) / "trial.ndjson", schema)
        found = lines(path, kind)
        while some := list(_some(found)):
            line = _first_refused(some, judge)
            if line:
                return f"{shown(path)}, line {line.number}: {_why(line, schema)}"
    return None


def why_no_event(line: Line) -> str:
    """Why a line is not a JSON object."""
    if line.too_long:
        return f"it has over {LONGEST_LINE >> 20} MB, which is no event. Correct or remove the line."
    return "not a JSON object; every line must be one event. Correct or remove the line."


class _Judge:
    """What DuckDB itself says of some lines alone."""

    def __init__(self, trial: Path, schema: str) -> None:
        self._trial = trial
        types = ", ".join(f"'{field.name}': '{field.duckdb_type}'" for field in export_schema(schema))
        self._read = (
            f"CREATE OR REPLACE TEMP TABLE trial AS SELECT * FROM read_json($path, columns = {{{types}}}, "
            "format = 'newline_delimited', compression = 'none', hive_partitioning = false)"
        )
        self._undated = (
            f"SELECT 1 FROM (SELECT unnest({DAYS[schema]}) AS day FROM trial) WHERE {is_day('day')} IS NOT TRUE LIMIT 1"
        )

    def refuses(self, some: Sequence[Line]) -> bool:
        self._trial.write_bytes(b"".join(line.text + b"\n" for line in some))
        try:
            return trial().run(self._finds_undated)
        except REFUSALS:
            return True

    def _finds_undated(self, connection: duckdb.DuckDBPyConnection) -> bool:
        connection.execute(self._read, {"path": str(self._trial)})
        return bool(connection.execute(self._undated).fetchall())


def _some(found: Iterator[Line]) -> Iterator[Line]:
    """Some lines, bounded in number and in bytes; nothing comes after one that is too long."""
    size = 0
    for line in islice(found, _LINES_AT_ONCE):
        yield line
        size += len(line.text)
        if size > LONGEST_LINE:
            return


def _first_refused(some: Sequence[Line], judge: _Judge) -> Line | None:
    if some[-1].too_long:
        return (_first_refused(some[:-1], judge) if len(some) > 1 else None) or some[-1]
    if not judge.refuses(some):
        return None
    while len(some) > 1:
        first = some[: len(some) // 2]
        some = first if judge.refuses(first) else some[len(some) // 2 :]
    return some[0]


def _why(line: Line, schema: str) -> str:
    row = None if line.too_long else parse_row(line.text)
    if row is None:
        return why_no_event(line)
    misfit = find_misfit(row, export_schema(schema))
    if misfit:
        return f"{misfit.place} is {misfit.shown}, which is no {misfit.type}; correct it."
    if row.twice is not None:
        return f"it has the key {row.twice[:60]!r} twice; correct it."
    if has_half_character(line.text):
        return "it holds half of a character (a surrogate without its other half); correct it."
    return describe_undated(row, schema) or "it is no event of the schema; correct or remove the line."
