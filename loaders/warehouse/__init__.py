"""One interface, two engines: what a warehouse must be able to do, and what it says of its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from loaders.catalog import Table
from loaders.metrics import Setting

Value = dt.date | str | int | tuple[str, ...] | Setting


@dataclass(frozen=True)
class DailyTable:
    """One day of an export, as the warehouse's free metadata describe it."""

    source: str
    date: dt.date
    version: str
    rows: int
    modified_at: dt.datetime


@dataclass(frozen=True)
class Stamp:
    """What a partition was computed from."""

    code: str
    inputs: str


@dataclass(frozen=True)
class Partition:
    """A computed partition: what it was computed from, and a version that changes when its content may have."""

    stamp: Stamp
    version: str
    rows: int


@dataclass(frozen=True)
class DayRow:
    """A row of `days`: what a source has delivered for a day; `modified_at` is None when nothing has come."""

    date: dt.date
    source: str
    modified_at: dt.datetime | None
    rows: int
    final_at: dt.datetime


@dataclass(frozen=True)
class Slot:
    """The place of a partition: its day and, for tables kept by source, its source (else empty)."""

    date: dt.date
    source: str = ""


@dataclass(frozen=True)
class Spent:
    """What a statement did: rows written, and what it cost."""

    rows: int
    bytes_billed: int = 0
    usd: float = 0.0


class Warehouse(Protocol):
    """Where exports are read and tables are computed. Every write is atomic; all raise WarehouseError."""

    @property
    def no_data(self) -> str:
        """What to do when there is no data at all, as a sentence."""
        ...

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """Source → (export schema, time zone), of every export that the warehouse knows of."""
        ...

    def daily_tables(self) -> Sequence[DailyTable]:
        """The days of all exports, from free metadata."""
        ...

    def partitions(self, table: str) -> Mapping[Slot, Partition]:
        """The partitions of a computed table; none when it has not been made."""
        ...

    def write_days(self, days: Sequence[DayRow]) -> None:
        """Makes `days` exactly these rows."""
        ...

    def days(self) -> Sequence[DayRow]:
        """The rows that `write_days` wrote last."""
        ...

    def prepare(self, table: Table) -> None:
        """Makes the table where it is missing, so that statements may read it although no day of it is computed."""
        ...

    def replace(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:
        """Computes the partitions of these consecutive days anew, in place of what they held.

        Versions of a table whose days reach onwards change only where the content did.
        """
        ...

    def estimate(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:
        """What `replace` with the same arguments would cost at most; found out for free, and nothing is changed."""
        ...

    def retire(self, table: Table, slots: Collection[Slot]) -> None:
        """Removes partitions that no longer have a place."""
        ...

    def rows(self, table: Table, start: dt.date, end: dt.date) -> pa.RecordBatchReader:
        """The rows of a report between two days, both included, in the order of its columns."""
        ...

    def read_cost(self) -> Spent:
        """What `rows` has cost since this was asked last."""
        ...
