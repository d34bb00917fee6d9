"""Which days of which reports a load would bring up to date. Pure decisions over what warehouse and store say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from loaders.catalog import DAYS, EXPORT, Catalog, Table
from loaders.day_calendar import Calendar
from loaders.plan import (
    Request,
    calendar_versions,
    due,
    export_versions,
    partition_versions,
    wanted_slots,
)
from loaders.sources import Source
from loaders.versions import Versions
from loaders.warehouse import DailyTable, Partition, Slot

Partitions = Mapping[Slot, Partition]


def stale_days(
    catalog: Catalog,
    calendar: Calendar,
    tables: Iterable[DailyTable],
    sources: Mapping[str, Source],
    partitions: Mapping[str, Partitions],
    held: Mapping[str, Mapping[dt.date, str]],
) -> dict[str, set[dt.date]]:
    """For each report of `held` the days that differ from what a load would make of the delivered days.

    `held` has the versions of the days in MySQL. A load may find more: which first days move is known when they have.
    """
    published = set(calendar.days)
    delivered = [table for table in tables if table.date in published]
    versions: dict[str, Versions] = {EXPORT: export_versions(delivered), DAYS: calendar_versions(calendar.rows)}
    changing: dict[str, set[dt.date]] = {}
    for table in catalog.tables.values():
        existing = partitions.get(table.name, {})
        due_days = _due(table, published, versions, delivered, sources, existing)
        changing[table.name] = due_days | _reached(table, published, changing)
        versions[table.name] = partition_versions(existing)
    made = {name: {slot.date: found.version for slot, found in partitions.get(name, {}).items()} for name in held}
    return {name: changing[name] | _unlike(versions_held, made[name]) for name, versions_held in held.items()}


def _reached(table: Table, published: Collection[dt.date], changing: Mapping[str, set[dt.date]]) -> set[dt.date]:
    return {
        day
        for day in published
        if any(
            day - dt.timedelta(days=offset) in changing.get(name, ())
            for name, offsets in table.reads.items()
            for offset in offsets
        )
    }


def _due(
    table: Table,
    published: Collection[dt.date],
    versions: Mapping[str, Versions],
    delivered: Collection[DailyTable],
    sources: Mapping[str, Source],
    existing: Partitions,
) -> set[dt.date]:
    slots = wanted_slots(table, published, versions, delivered)
    schemas = {slot.source: sources[slot.source].export_schema if table.per_source else "ga4" for slot in slots}
    codes = {name: table.code_version(schema) for name, schema in schemas.items()}
    gone = {slot.date for slot in existing if slot not in slots}
    return gone | {slot.date for slot in due(table, slots, existing, codes, Request())}


def _unlike(held: Versions, wanted: Versions) -> set[dt.date]:
    return {day for day in {*held, *wanted} if held.get(day) != wanted.get(day)}
