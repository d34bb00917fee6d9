"""Ingests cases one after the other in one process and one warehouse, and judges each; a line of JSON a case.

python -m tests.fuzz.worker FOLDER SEED FIRST END
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from loaders.errors import ExportFileError
from loaders.exports import export_schema
from loaders.ingest import ingest
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.fuzz import reader, samples
from tests.fuzz.cases import Case, make_case

_SOURCES = {schema: name_source(f"{schema}_app", Source(schema=schema), "the fuzzer") for schema in samples.SCHEMAS}
_ADDRESS_SPACE = 6 << 30
# Words of the engine room, which say nothing to who reads them.
_INNER = re.compile(
    r"Unexpected|Traceback|INTERNAL|FATAL|\bError:|Exception|Errno|duckdb|DuckDB|Stack Trace|TProtocol|"
    r"Binder|read_json|read_parquet|\bline 0|invalidated|None\.|surrogates not allowed|codec can't"
)
_PLACED = re.compile(r", line \d+: |row group \d+ of \d+, |, row \d+: |cannot be read as Parquet: [a-z_]+(: | is )")
# What is said of a whole file.
_WHOLE = (
    "There is no event in what was given", "cut off", "footer is damaged", "it is encrypted",
    "does not match its checksum",
    "bytes behind its gzip data", "is an export of schema", "is no export of schema", "byte order mark", "UTF-16",
    "has no column", "which no export does", "cannot be read as Parquet: it is damaged",
)  # fmt: skip


def main(folder: Path, seed: int, first: int, end: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "warehouse.duckdb").unlink(missing_ok=True)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    warehouse = None
    for number in range(first, end):
        if warehouse is None or (number - first) % 500 == 0:
            warehouse = _new_warehouse(folder, warehouse)
        case = make_case(seed, number)
        _say(begin=number)
        began, cpu = time.monotonic(), time.process_time()
        _reset_peak()
        accepted, message, fault = judge(warehouse, case, folder)
        _say(
            number=number, kind=case.kind, description=case.description, accepted=accepted, message=message,
    fault=fault,
            seconds=time.monotonic() - began, cpu=time.process_time() - cpu, peak=_peak(),
        )  # fmt: skip


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def judge(warehouse: DuckDBWarehouse, case: Case, folder: Path) -> tuple[bool, str, str]:
    """Whether the case was ingested, what was said, and what is wrong with that (empty when nothing is)."""
    path = folder / case.name
    path.write_bytes(case.data)
    source = _SOURCES[case.schema]
    before = _content(warehouse)
    try:
        ingest(warehouse, [path], source)
        after = _content(warehouse)
        fault = "another source was changed" if before["kept"] != after["kept"] else ""
        return True, "", fault or _missed(warehouse, case, set(after[source.name]) - set(before[source.name]))
    except ExportFileError as error:
        return False, str(error), _badly_said(str(error), case) or _changed(before, _content(warehouse))
    except Exception:
        return False, "", traceback.format_exc()
    finally:
        path.unlink()


def _new_warehouse(folder: Path, old: DuckDBWarehouse | None) -> DuckDBWarehouse:
    path = folder / "warehouse.duckdb"
    if old:
        old.close()
        path.unlink()
    kept = folder / "kept.ndjson"
    kept.write_bytes(samples.ndjson([samples.row("ga4", number) for number in range(3)]))
    warehouse = DuckDBWarehouse(path)
    ingest(warehouse, [kept], name_source("kept", Source(schema="ga4"), "the fuzzer"))
    for schema in samples.SCHEMAS:
        kept.write_bytes(samples.ndjson([samples.row(schema, 0)]))
        ingest(warehouse, [kept], name_source(f"{schema}_app", Source(schema=schema), "the fuzzer"))
    return warehouse


def _content(warehouse: DuckDBWarehouse) -> dict[str, dict[str, Any]]:
    """Per source, the rows of each version and day; and what is known of the days."""
    rows = warehouse.connection.execute(
        " UNION ALL ".join(
            f"SELECT '{source}', _version, _TABLE_SUFFIX, count(*) FROM exports.\"{source}\" GROUP BY ALL"
            for source in ("kept", "ga4_app", "firebase_app")
        )
    ).fetchall()
    content: dict[str, dict[str, Any]] = {"days": {repr(table): 1 for table in warehouse.daily_tables()}}
    for source, version, day, count in rows:
        content.setdefault(source, {}).setdefault(version, {})[day] = count
    return content


def _changed(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> str:
    return "" if before == after else f"the warehouse was changed: {before} → {after}"


def _badly_said(message: str, case: Case) -> str:
    shown = case.name.encode("unicode_escape").decode() if not case.name.isprintable() else case.name
    if message.count("\n") or len(message) > 700 or not message.isprintable():
        return "not one sentence on one line"
    if _INNER.search(message.replace(shown, "")):
        return "words of the engine room"
    if shown not in message and not message.startswith("There is no event"):
        return "the file is not named"
    if not _PLACED.search(message) and not any(said in message for said in _WHOLE):
        return "no place is named"
    line = re.search(r", line (\d+): ", message)
    if line and case.data[:2] != b"\x1f\x8b" and int(line[1]) > case.data.count(b"\n") + 1:
        return "there is no such line"
    return ""


def _missed(warehouse: DuckDBWarehouse, case: Case, versions: set[str]) -> str:
    """How what was ingested under a new version differs from what other readers find in the file."""
    try:
        rows = reader.read(case.data, case.schema)
    except Exception as error:
        return f"accepted, but another reader says {error!r:.200}"
    if rows is None:
        return ""
    counts = {"events": reader.events(rows, case.schema)}
    if case.data[:4] != b"PAR1":
        known = {field.name for field in export_schema(case.schema)}
        counts |= {name: count for name, count in reader.filled(rows, case.schema) if name in known}
    number = "count(*)" if case.schema == "ga4" else "coalesce(sum(len(event_dim)), 0)::BIGINT"
    columns = [number, *(f'count("{name}")' for name in list(counts)[1:])]
    found = warehouse.connection.execute(
        f'SELECT {", ".join(columns)} FROM exports."{case.schema}_app" WHERE list_contains(?::VARCHAR[], _version)',
        [sorted(versions)],
    ).fetchone()
    return "" if found == tuple(counts.values()) else f"{found} instead of {counts}"


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        # The peak is then that of all cases so far.
        return


def _peak() -> int:
    """The largest resident memory since the reset, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) >> 10 if found else 0


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
