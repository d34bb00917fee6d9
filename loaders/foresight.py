"""What a load would do, known before it runs and without touching anything. Pure decisions over what is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loaders.catalog import DAYS, EXPORT, Catalog, Table
from loaders.day_calendar import Calendar
from loaders.decisions import Piece, decide
from loaders.plan import Request, calendar_versions, days_to_compute, export_versions, partition_versions
from loaders.sources import Source
from loaders.versions import Versions
from loaders.warehouse import DailyTable, Partition, Slot, Stamp


@dataclass(frozen=True)
class Foresight:
    """The pieces that a load would compute, table by table, and the version that each report's day would then have."""

    pieces: Sequence[tuple[Table, Piece]]
    versions: Mapping[str, Versions]
    # What each table would then have.
    partitions: Mapping[str, Mapping[Slot, Partition]]


def foresee(
    catalog: Catalog,
    calendar: Calendar,
    tables: Iterable[DailyTable],
    sources: Mapping[str, Source],
    partitions: Mapping[str, Mapping[Slot, Partition]],
    request: Request,
    whole: Collection[str] = (),
) -> Foresight:
    """What `compute` would do with the same arguments, `partitions` being what each table has now.

    Whose first day moves is only known when it has: tables that read such days may turn out to have less to do.
    """
    published = set(calendar.days)
    delivered = [table for table in request.delivered(tables) if table.date in published]
    versions: dict[str, Versions] = {EXPORT: export_versions(delivered), DAYS: calendar_versions(calendar.rows)}
    needed = days_to_compute(catalog, request, published, whole)
    pieces: list[tuple[Table, Piece]] = []
    made: dict[str, dict[Slot, Partition]] = {}
    for table in catalog.tables.values():
        existing = dict(partitions.get(table.name, {}))
        decision = decide(table, needed[table.name], published, versions, delivered, sources, existing, request)
        for slot in decision.stale:
            del existing[slot]
        for slot, entry in decision.pending.items():
            # What is forced has the same inputs and the same query, hence the same content.
            if slot not in existing or existing[slot].stamp != entry.stamp:
                existing[slot] = Partition(entry.stamp, _version(table, entry.stamp), 0)
        pieces += [(table, piece) for piece in decision.pieces]
        versions[table.name] = partition_versions(existing)
        made[table.name] = existing
    stored = {
        report.name: {slot.date: partition.version for slot, partition in made[report.name].items()}
        for report in catalog.reports
    }
    return Foresight(pieces, stored, made)


def _version(table: Table, stamp: Stamp) -> str:
    # Of a table that is compared by content, no more can be said than that it may become another one.
    return f"{stamp.code}.{stamp.inputs}" + ("?" if table.onwards else "")
