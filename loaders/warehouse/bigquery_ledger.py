"""What each partition was computed from, kept in our dataset beside the data: MySQL may be lost, raw is not read again.

The table is only ever appended to, by free load jobs, and read by free listing; the latest row of a slot counts.
Before a partition is touched its slot is recorded as open, afterwards as done: whatever is killed at whatever moment,
there is never a stamp over missing data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from google.api_core.exceptions import NotFound
from google.cloud import bigquery
from google.cloud.bigquery import SchemaField

from loaders.warehouse import Partition, Slot, Stamp
from loaders.warehouse.bigquery_jobs import JobName, Jobs

NAME = "groundup_partitions"
SCHEMA = (
    SchemaField("sequence", "INTEGER", description="Grows with every write."),
    SchemaField("table_name", "STRING"),
    SchemaField("source", "STRING", description="Of a table that is kept by source; else empty."),
    SchemaField("date", "DATE"),
    SchemaField("state", "STRING", description="open: being replaced; done; removed."),
    SchemaField("intent", "STRING", description="Names the jobs of the write."),
    SchemaField("code", "STRING"),
    SchemaField("inputs", "STRING"),
    SchemaField("version", "STRING"),
    SchemaField("rows", "INTEGER"),
    SchemaField("written_at", "TIMESTAMP"),
)

State = Literal["open", "done", "removed"]

# Rewritten when it holds this many rows for each that counts.
_ROWS_KEPT = 4
_SMALL = 2_000


@dataclass(frozen=True)
class Entry:
    """A row of the ledger."""

    table: str
    slot: Slot
    state: State
    intent: str
    stamp: Stamp
    version: str = ""
    rows: int = 0
    sequence: int = 0


@dataclass
class Held:
    """What the ledger says of a slot: its latest row, and the writes that were begun and not ended."""

    latest: Entry
    begun: set[str] = field(default_factory=set)


class Ledger:
    """The ledger of one dataset."""

    def __init__(self, client: bigquery.Client, jobs: Jobs, dataset: bigquery.DatasetReference) -> None:
        """Nothing is read or made yet."""
        self._client = client
        self._jobs = jobs
        self._place = dataset.table(NAME)
        self._table: bigquery.Table | None = None
        self._seen: object = None
        self._rows: list[Entry] = []
        self._held: dict[str, dict[Slot, Held]] = {}

    def make(self) -> bigquery.Table:
        """The ledger's table, made where it is missing."""
        wanted = bigquery.Table(self._place, list(SCHEMA))
        wanted.description = "What each partition of this dataset was computed from. Written by groundup alone."
        wanted.labels = {"app": "groundup"}
        self._table = self._client.create_table(wanted, exists_ok=True)
        self._read()
        return self._table

    @property
    def created(self) -> dt.datetime:
        """When the table was made: another one is another epoch, whose jobs have other names."""
        created = self._table.created if self._table else None
        return created or dt.datetime.fromtimestamp(0, dt.UTC)

    @property
    def next_sequence(self) -> int:
        """The number of the next write."""
        return max((entry.sequence for entry in self._rows), default=0) + 1

    def held(self, table: str) -> Mapping[Slot, Held]:
        """What is known of the table's slots."""
        self._read()
        return self._held.get(table, {})

    def partitions(self, table: str) -> dict[Slot, Partition]:
        """The partitions that are there, whole."""
        return {
            slot: Partition(held.latest.stamp, held.latest.version, held.latest.rows)
            for slot, held in self.held(table).items()
            if held.latest.state == "done"
        }

    def write(self, entries: Sequence[Entry], name: JobName) -> None:
        """Appends the entries, in one write."""
        sequence = self.next_sequence
        self._jobs.load(
            [_as_json(entry, sequence) for entry in entries],
            self._place,
            SCHEMA,
            bigquery.WriteDisposition.WRITE_APPEND,
            name,
        )
        self._read()
        self._compact()

    def _compact(self) -> None:
        latest = [held.latest for slots in self._held.values() for held in slots.values()]
        few = len(self._rows) <= max(_SMALL, _ROWS_KEPT * len(latest))
        # Of what was begun and not ended, every row counts.
        if few or any(entry.state == "open" for entry in latest):
            return
        self._jobs.load(
            [_as_json(entry, entry.sequence) for entry in latest],
            self._place,
            SCHEMA,
            bigquery.WriteDisposition.WRITE_TRUNCATE,
            JobName(NAME, "compact", f"{self.created:%Y%m%d%H%M%S%f}_{self.next_sequence}"),
        )
        self._read()

    def _read(self) -> None:
        """Reads the rows again when the table has changed since."""
        try:
            table = self._client.get_table(self._place, retry=self._jobs.patience.request)
        except NotFound:
            self._table, self._seen, self._rows, self._held = None, None, [], {}
            return
        seen = (table.created, table.modified, table.num_rows, table.etag)
        if seen != self._seen:
            rows = self._client.list_rows(table, retry=self._jobs.patience.request)
            self._rows = [_entry(row) for row in rows]
            self._held = _by_slot(self._rows)
            self._seen = seen
        self._table = table


def _by_slot(rows: Collection[Entry]) -> dict[str, dict[Slot, Held]]:
    found: dict[str, dict[Slot, Held]] = {}
    for entry in sorted(rows, key=lambda entry: entry.sequence):
        slots = found.setdefault(entry.table, {})
        begun = slots[entry.slot].begun if entry.slot in slots else set()
        slots[entry.slot] = Held(entry, begun | {entry.intent} if entry.state == "open" else set())
    return found


def _entry(row: Any) -> Entry:
    return Entry(
        table=row["table_name"],
        slot=Slot(row["date"], row["source"] or ""),
        state=row["state"],
        intent=row["intent"],
        stamp=Stamp(row["code"] or "", row["inputs"] or ""),
        version=row["version"] or "",
        rows=row["rows"] or 0,
        sequence=row["sequence"],
    )


def _as_json(entry: Entry, sequence: int) -> dict[str, object]:
    return {
        "sequence": sequence,
        "table_name": entry.table,
        "source": entry.slot.source,
        "date": str(entry.slot.date),
        "state": entry.state,
        "intent": entry.intent,
        "code": entry.stamp.code,
        "inputs": entry.stamp.inputs,
        "version": entry.version,
        "rows": entry.rows,
        "written_at": f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S.%f}",
    }
