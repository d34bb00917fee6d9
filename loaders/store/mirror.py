"""Making MySQL hold what the warehouse holds: every report, every day whose version differs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from loaders.catalog import Table, digest
from loaders.compute import Step, report_versions
from loaders.decisions import runs_to_store
from loaders.store.connection import MySQL, transaction
from loaders.store.ledger import Entry, record
from loaders.store.slices import Slice, held_versions, write_slice
from loaders.versions import days_between
from loaders.warehouse import Warehouse


@dataclass(frozen=True)
class Target:
    """A report and the table to fill: its own, or one beside it when its declaration has changed."""

    table: Table
    place: str

    @property
    def is_beside(self) -> bool:
        """Whether readers see another table until this one is swapped in."""
        return self.place != self.table.name


def fill_beside(
    connection: MySQL, warehouse: Warehouse, target: Target, run: str, on_step: Callable[[Step], None]
) -> None:
    """Fills a table that nobody reads yet with all days, one transaction a run of days. Raises StoreError."""
    for part, reason in _pending(connection, warehouse, target):
        with transaction(connection):
            step = _write(connection, warehouse, part, reason, run)
        on_step(step)


def mirror_report(
    connection: MySQL,
    warehouse: Warehouse,
    target: Target,
    days: Collection[dt.date],
    run: str,
    on_step: Callable[[Step], None],
    *,
    force: bool = False,
) -> set[dt.date]:
    """Brings the report's days in MySQL up to the warehouse's, in the connection's open transaction. Raises StoreError.

    `days` are the ones that were asked for. Gives those that were written or removed.
    """
    changed: set[dt.date] = set()
    for part, reason in _pending(connection, warehouse, target, days, force=force):
        on_step(_write(connection, warehouse, part, reason, run))
        changed.update(days_between(part.start, part.end))
    return changed


def _pending(
    connection: MySQL,
    warehouse: Warehouse,
    target: Target,
    days: Collection[dt.date] | None = None,
    *,
    force: bool = False,
) -> list[tuple[Slice, str]]:
    """The slices to write and why; those of `days` only, or all of them."""
    held = held_versions(connection, target.table)
    wanted = report_versions(warehouse, target.table)
    return [
        (
            Slice(
                target.table,
                target.place,
                part.start,
                part.end,
                {day: wanted[day] for day in part.days if day in wanted},
            ),
            part.reason,
        )
        for part in runs_to_store(held, wanted, days, force=force)
    ]


def _write(connection: MySQL, warehouse: Warehouse, part: Slice, reason: str, run: str) -> Step:
    started = time.monotonic()
    # A refused slice leaves rows unread, and the warehouse takes no other question before they are let go.
    with warehouse.rows(part.table, part.start, part.end) as batches:
        rows = write_slice(connection, part, batches, run)
    cost = warehouse.read_cost()
    versions = sorted(part.versions.values())
    step = Step(
        table=part.table.name,
        step="store",
        start=part.start,
        end=part.end,
        reason=reason,
        rows=rows,
        seconds=time.monotonic() - started,
        source_version=versions[0][-16:] if len(versions) == 1 else digest(versions),
        code_version=part.table.declaration_version(),
        bytes_billed=cost.bytes_billed,
        usd=cost.usd,
    )
    record(connection, entry(step, run))
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
