"""Making MySQL hold what the warehouse holds: every report, every day whose version differs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping

from loaders.catalog import Table, digest
from loaders.compute import LONGEST_RUN, Step, report_versions
from loaders.plan import NEW, UPSTREAM
from loaders.store.connection import MySQL
from loaders.store.ledger import Entry, record
from loaders.store.slices import Slice, held_versions, write_slice
from loaders.store.tables import swap
from loaders.versions import Run, runs
from loaders.warehouse import Warehouse

REMOVED = "removed at the source"


def reasons(held: Mapping[dt.date, str], wanted: Mapping[dt.date, str]) -> dict[dt.date, str]:
    """The days that must be written, and why."""
    found = {day: NEW if day not in held else UPSTREAM for day, version in wanted.items() if held.get(day) != version}
    return found | {day: REMOVED for day in held if day not in wanted}


def mirror_report(
    connection: MySQL,
    warehouse: Warehouse,
    table: Table,
    place: str,
    days: Collection[dt.date],
    run: str,
    on_step: Callable[[Step], None],
    *,
    force: bool = False,
) -> list[Step]:
    """Brings the report's days in MySQL up to the warehouse's, one transaction a run of days. Raises StoreError.

    `days` are the ones that were asked for; `place` is where the report is filled. When that is another table than the
    report's own, because its declaration has changed, it is filled with all days and swapped in.
    """
    held = held_versions(connection, table)
    wanted = report_versions(warehouse, table)
    refilled = place != table.name
    pending = reasons(held, wanted)
    asked = {day: reason for day, reason in pending.items() if refilled or day in days or day not in wanted}
    if force:
        asked = {day: "forced" for day in wanted if day in days} | asked
    steps = []
    for part in runs(asked, LONGEST_RUN):
        versions = {day: wanted[day] for day in part.days if day in wanted}
        step = _write(connection, warehouse, Slice(table, place, part.start, part.end, versions), part, run)
        on_step(step)
        steps.append(step)
    if refilled:
        swap(connection, table)
    return steps


def _write(connection: MySQL, warehouse: Warehouse, part: Slice, reasoned: Run, run: str) -> Step:
    started = time.monotonic()
    connection.begin()
    try:
        rows = write_slice(connection, part, warehouse.rows(part.table, part.start, part.end), run)
        versions = sorted(part.versions.values())
        step = Step(
            table=part.table.name,
            step="store",
            start=part.start,
            end=part.end,
            reason=reasoned.reason,
            rows=rows,
            seconds=time.monotonic() - started,
            source_version=versions[0][-16:] if len(versions) == 1 else digest(versions),
            code_version=part.table.declaration_version(),
        )
        record(connection, entry(step, run))
        connection.commit()
    except BaseException:
        if connection.open:
            connection.rollback()
        raise
    return step


def entry(step: Step, run: str) -> Entry:
    """The step as the ledger keeps it."""
    return Entry(
        run=run,
        table=step.table,
        step=step.step,
        start=step.start,
        end=step.end,
        reason=step.reason,
        rows=step.rows,
        seconds=step.seconds,
        source_version=step.source_version,
        code_version=step.code_version,
        bytes_billed=step.bytes_billed,
        usd=step.usd,
    )
