"""BigQuery as the warehouse: the same GoogleSQL, in our own dataset, beside the exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyarrow as pa
from google.api_core.exceptions import NotFound
from google.cloud import bigquery

from loaders.bigquery_prices import usd
from loaders.catalog import Table, digest
from loaders.errors import DeclarationError, WarehouseError
from loaders.sources import Source
from loaders.warehouse import DailyTable, DayRow, Partition, Slot, Spent, Stamp, Value
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_errors import refusals
from loaders.warehouse.bigquery_exports import daily_tables
from loaders.warehouse.bigquery_jobs import JobName, Jobs, Patience, spent
from loaders.warehouse.bigquery_ledger import Entry, Held, Ledger
from loaders.warehouse.bigquery_rows import PAGE_ROWS, reader
from loaders.warehouse.bigquery_sql import day_list, insert, query_text, statement
from loaders.warehouse.bigquery_tables import DAYS_SCHEMA, bring_up, definition

if TYPE_CHECKING:
    from google.cloud.bigquery_storage import BigQueryReadClient

_DAYS = "days"
# The jobs of one write, in their order.
_KINDS = ("open", "delete", "insert", "count", "done")
_NO_STAMP = Stamp("", "")


@dataclass(frozen=True)
class _Counted:
    """What a partition holds: rows, and a fingerprint of them where content is compared."""

    rows: int
    content: str | None


class BigQueryWarehouse:
    """A dataset at BigQuery; implements `loaders.warehouse.Warehouse`.

    One process writes at a time: whoever loads holds the load lock.
    """

    no_data = "There is no data yet; none of the datasets in sources.yaml holds a daily table."

    def __init__(
        self,
        client: bigquery.Client,
        dataset: str,
        sources: Mapping[str, Source],
        budget: Budget,
        *,
        final_after_days: int,
        run: str,
        say: Callable[[str], None] = lambda _: None,
        storage: BigQueryReadClient | None = None,
        patience: Patience | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Nothing is sent yet. `final_after_days` is how late bundles of 2017 may come.

        Raises DeclarationError for a source that does not say where its export lies.
        """
        for source in sources.values():
            if not source.dataset:
                raise DeclarationError(
                    f"sources.yaml: {source.name} does not say where its export lies; "
                    "add `dataset: project.analytics_123456`."
                )
        self._client = client
        self._dataset = bigquery.DatasetReference(client.project, dataset)
        self._sources = sources
        self._final_after_days = final_after_days
        self._run = run
        self._storage = storage
        self._now = now
        self._jobs = Jobs(client, self._dataset, budget, run, say, patience)
        self._ledger = Ledger(client, self._jobs, self._dataset)
        self._is_made = False
        self._read_cost = Spent(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    # What is known of the tables

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """Source → (export schema, time zone), of those that sources.yaml declares."""
        return {name: (source.export_schema, source.timezone) for name, source in self._sources.items()}

    def daily_tables(self) -> Sequence[DailyTable]:
        """The days of all exports, oldest first, from free metadata."""
        found = [
            table
            for source in self._sources.values()
            for table in daily_tables(
                self._client, source, self._final_after_days, self._today, self._jobs.patience.request
            )
        ]
        return sorted(found, key=lambda table: (table.date, table.source))

    def partitions(self, table: str) -> Mapping[Slot, Partition]:
        """The partitions of a computed table, from our own ledger; none when it has not been made."""
        with refusals(f"The partitions of {table}"):
            return self._ledger.partitions(table)

    def days(self) -> Sequence[DayRow]:
        """The calendar that `write_days` wrote last."""
        with refusals("The calendar of days"):
            try:
                rows = list(self._client.list_rows(self._client.get_table(self._dataset.table(_DAYS))))
            except NotFound:
                return []
        found = [
            DayRow(row["date"], row["source"], _naive(row["modified_at"]), row["rows"], _moment(row["final_at"]))
            for row in rows
        ]
        return sorted(found, key=lambda row: (row.date, row.source))

    # Writing

    def write_days(self, days: Sequence[DayRow]) -> None:
        """Makes `days` exactly these rows."""
        self._make()
        with refusals("The calendar of days"):
            wanted = bigquery.Table(self._dataset.table(_DAYS), list(DAYS_SCHEMA))
            wanted.labels = {"app": "groundup"}
            held = self._client.create_table(wanted, exists_ok=True)
            rows = [_day_as_json(row) for row in days]
            # What is there now is part of the purpose: to come back to these rows later is another one.
            name = JobName(_DAYS, "write", digest([str(held.created), str(held.modified), held.etag, rows]))
            if rows:
                self._jobs.load(rows, wanted.reference, DAYS_SCHEMA, bigquery.WriteDisposition.WRITE_TRUNCATE, name)
            else:
                self._jobs.query(statement(f"TRUNCATE TABLE `{_DAYS}`", {}, _DAYS, "The calendar of days"), name)

    def prepare(self, table: Table) -> None:
        """Makes the table where it is missing."""
        self._make()
        with refusals(table.name):
            self._bring_up(table)

    def replace(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:
        """Computes the partitions of these consecutive days anew, in place of what they held.

        Costs nothing more when an earlier call for the same was cut off after its statement had been sent.
        """
        self._make()
        start, end = min(stamps), max(stamps)
        what = f"{table.name}, {start} to {end}" if end > start else f"{table.name}, {start}"
        if table.per_source:
            what += f", of {source}"
        with refusals(what, table.folder / (f"{schema}.sql" if table.per_source else "query.sql")):
            is_whole = self._bring_up(table)
            held = self._ledger.held(table.name)
            # Days between without a stamp are emptied, too.
            slots = {Slot(day, source) for day in stamps}
            slots |= {slot for slot in held if slot.source == source and start <= slot.date <= end}
            known = {slot: held[slot] for slot in slots if slot in held}
            intent = _begun(slots, held, stamps)
            job = self._jobs.earlier(JobName(table.name, "insert", intent)) if intent else None
            costs = []
            if intent is None:
                intent = self._begin(table, slots, known, stamps)
                is_clean = is_whole and all(entry.latest.state == "removed" for entry in known.values())
            else:
                is_clean = False
            if job is None:
                if not is_clean:
                    days = {slot.date for slot in slots}
                    is_alone = is_whole and not _others(held, source, days)
                    costs.append(self._delete(table, slots, intent, what, whole_days=is_alone))
                job = self._jobs.query(
                    insert(table, schema, self._export(table, source), _values(table, source, stamps), what),
                    JobName(table.name, "insert", intent),
                )
            written = spent(job)
            counted, cost = self._count(table, source, stamps, written.rows, intent, what)
            costs += [written, cost]
            entries = [_done(table, slot, stamps, counted, intent) for slot in sorted(slots, key=_order)]
            self._ledger.write(entries, JobName(table.name, "done", intent))
        return Spent(written.rows, sum(each.bytes_billed for each in costs), sum(each.usd for each in costs))

    def estimate(self, table: Table, schema: str, source: str, stamps: Mapping[dt.date, Stamp]) -> Spent:
        """What the query of `replace` would cost at most, by a dry run; nothing while what it reads is not made."""
        what = f"{table.name}, {min(stamps)} to {max(stamps)}"
        export = self._export(table, source)
        text = query_text(table, schema, export)
        with refusals(what, table.folder / (f"{schema}.sql" if table.per_source else "query.sql")):
            try:
                billed = self._jobs.estimate(statement(text, _values(table, source, stamps), table.name, what))
            except NotFound:
                if export:
                    raise
                return Spent(0)
        return Spent(0, billed, usd(billed))

    def retire(self, table: Table, slots: Collection[Slot]) -> None:
        """Removes partitions that no longer have a place."""
        self._make()
        what = f"{table.name}, days that are no more"
        with refusals(what):
            held = self._ledger.held(table.name)
            known = {slot: held[slot] for slot in slots if slot in held}
            intent = self._begin(table, slots, known, {})
            if self._exists(table):
                self._delete(table, slots, intent, what)
            entries = [Entry(table.name, slot, "removed", intent, _NO_STAMP) for slot in sorted(slots, key=_order)]
            self._ledger.write(entries, JobName(table.name, "done", intent))

    # Reading

    def rows(self, table: Table, start: dt.date, end: dt.date) -> pa.RecordBatchReader:
        """The rows of a report between two days, both included, in the order of its columns."""
        columns = ", ".join(f"`{column.name}`" for column in table.columns)
        order = f"\nORDER BY {', '.join(f'`{name}`' for name in table.key)}" if table.key else ""
        sql = (
            f"SELECT {columns}\nFROM `{table.name}`\nWHERE `{table.partition}` BETWEEN @start_date AND @end_date{order}"
        )
        what = f"Reading {table.name}, {start} to {end}"
        with refusals(what):
            # Within a run, the same rows are the same job; its result is kept for a day.
            name = JobName(table.name, "read", digest([self._run, str(start), str(end), self._ledger.next_sequence]))
            job = self._jobs.query(
                statement(sql, {"start_date": start, "end_date": end}, table.name, what),
                name,
            )
            cost = spent(job)
            self._read_cost = Spent(0, self._read_cost.bytes_billed + cost.bytes_billed, self._read_cost.usd + cost.usd)
            result = job.result(page_size=PAGE_ROWS, retry=self._jobs.patience.request, job_retry=None)
            return reader(result, table.columns, self._storage, what)

    def read_cost(self) -> Spent:
        """What `rows` has cost since this was asked last."""
        cost, self._read_cost = self._read_cost, Spent(0)
        return cost

    # The steps of a write

    def _export(self, table: Table, source: str) -> Source | None:
        return self._sources.get(source) if table.per_source else None

    def _make(self) -> None:
        """Our dataset and its ledger, made where they are missing. Raises WarehouseError."""
        if self._is_made:
            return
        name = f"Our dataset {self._dataset.project}.{self._dataset.dataset_id}"
        with refusals(name):
            try:
                held = self._client.get_dataset(self._dataset, retry=self._jobs.patience.request)
            except NotFound:
                wanted = bigquery.Dataset(self._dataset)
                wanted.location = self._client.location
                wanted.description = "What groundup computes from the exports. Written by groundup alone."
                wanted.labels = {"app": "groundup"}
                held = self._client.create_dataset(wanted, exists_ok=True)
            if (held.location or "").upper() != (self._client.location or "").upper():
                raise WarehouseError(
                    f"{name} lies in {held.location}, and GROUNDUP_BIGQUERY_LOCATION says {self._client.location}; "
                    "set it to where the exports lie, and name another dataset by GROUNDUP_BIGQUERY_DATASET if ours "
                    "lies elsewhere."
                )
            self._ledger.make()
        self._is_made = True

    def _bring_up(self, table: Table) -> bool:
        """Makes the table as declared; gives whether the ledger knows of everything that it ever held."""

        def reopen() -> None:
            # Another shape is another table: whatever was computed in the old one is gone.
            held = self._ledger.held(table.name)
            if held:
                self._begin(table, list(held), held, {})

        made, is_new = bring_up(self._client, definition(self._dataset, table), reopen)
        return is_new or (made.created is not None and made.created >= self._ledger.created)

    def _exists(self, table: Table) -> bool:
        try:
            self._client.get_table(self._dataset.table(table.name))
        except NotFound:
            return False
        return True

    def _begin(
        self,
        table: Table,
        slots: Collection[Slot],
        known: Mapping[Slot, Held],
        stamps: Mapping[dt.date, Stamp],
    ) -> str:
        """Records that the slots are being written, after what was begun in them before has ended; gives the intent."""
        for intent in sorted({intent for each in known.values() for intent in each.begun}):
            for kind in _KINDS:
                self._jobs.settle(JobName(table.name, kind, intent))
        places = sorted(slots, key=_order)
        wanted = {slot: stamps.get(slot.date, _NO_STAMP) for slot in places}
        intent = digest(
            [
                # The ledger grows with every write: the same purpose at a later time is another intent.
                [str(self._ledger.created), self._ledger.next_sequence, table.name],
                [[str(slot.date), slot.source, stamp.code, stamp.inputs] for slot, stamp in wanted.items()],
            ]
        )
        entries = [Entry(table.name, slot, "open", intent, stamp) for slot, stamp in wanted.items()]
        self._ledger.write(entries, JobName(table.name, "open", intent))
        return intent

    def _delete(
        self, table: Table, slots: Collection[Slot], intent: str, what: str, *, whole_days: bool = False
    ) -> Spent:
        """Removes the slots' rows. Whole partitions go for nothing; a source's share of them is read and billed.

        `whole_days`: whether no other source has rows on these days.
        """
        values: dict[str, Value] = {}
        places = []
        for number, source in enumerate(sorted({slot.source for slot in slots})):
            days = day_list(sorted(slot.date for slot in slots if slot.source == source))
            place = f"`{table.partition}` IN ({days})"
            if table.per_source and not whole_days:
                values[f"source_{number}"] = source
                place = f"({place} AND source = @source_{number})"
            places.append(place)
        sql = f"DELETE FROM `{table.name}`\nWHERE " + "\n  OR ".join(places)
        return spent(self._jobs.query(statement(sql, values, table.name, what), JobName(table.name, "delete", intent)))

    def _count(
        self, table: Table, source: str, stamps: Mapping[dt.date, Stamp], written: int, intent: str, what: str
    ) -> tuple[Mapping[dt.date, _Counted], Spent]:
        """What the days hold now, and what it cost to count; a single day's rows are known already."""
        if len(stamps) == 1 and not table.onwards:
            return {next(iter(stamps)): _Counted(written, None)}, Spent(0)
        columns = ", ".join(f"`{column.name}`" for column in table.columns)
        # Content is compared only where a day reaches onwards: elsewhere, what was computed anew counts as changed.
        content = (
            f"CAST(SUM(CAST(FARM_FINGERPRINT(TO_JSON_STRING(STRUCT({columns}))) AS BIGNUMERIC)) AS STRING)"
            if table.onwards
            else "CAST(NULL AS STRING)"
        )
        sql = (
            f"SELECT `{table.partition}` AS day, COUNT(*) AS row_count, {content} AS content\nFROM `{table.name}`\n"
            f"WHERE `{table.partition}` BETWEEN @start_date AND @end_date"
        )
        values: dict[str, Value] = {"start_date": min(stamps), "end_date": max(stamps)}
        if table.per_source:
            sql += "\n  AND source = @source"
            values["source"] = source
        job = self._jobs.query(
            statement(f"{sql}\nGROUP BY day", values, table.name, f"Counting {what}"),
            JobName(table.name, "count", intent),
        )
        rows = job.result(retry=self._jobs.patience.request, job_retry=None)
        return {row["day"]: _Counted(row["row_count"], row["content"]) for row in rows}, spent(job)

    def _today(self, source: Source) -> dt.date:
        return self._now().astimezone(source.zone).date()


def _begun(slots: Collection[Slot], held: Mapping[Slot, Held], stamps: Mapping[dt.date, Stamp]) -> str | None:
    """The intent of an earlier call for exactly these slots and stamps that was cut off; None without one."""
    present = [held[slot] for slot in slots if slot in held]
    intents = {intent for each in present for intent in each.begun}
    if len(present) < len(slots) or len(intents) != 1 or any(not each.begun for each in present):
        return None
    intent = intents.pop()
    of_it = {slot for slot, each in held.items() if intent in each.begun}
    as_wanted = all(held[slot].latest.stamp == stamps.get(slot.date, _NO_STAMP) for slot in slots)
    return intent if of_it == set(slots) and as_wanted else None


def _others(held: Mapping[Slot, Held], source: str, days: Collection[dt.date]) -> bool:
    """Whether a table that is kept by source may hold rows of other sources on these days."""
    return any(
        slot.source != source and slot.date in days and entry.latest.state != "removed" for slot, entry in held.items()
    )


def _done(
    table: Table, slot: Slot, stamps: Mapping[dt.date, Stamp], counted: Mapping[dt.date, _Counted], intent: str
) -> Entry:
    stamp = stamps.get(slot.date)
    if stamp is None:
        return Entry(table.name, slot, "removed", intent, _NO_STAMP)
    found = counted.get(slot.date, _Counted(0, "empty" if table.onwards else None))
    return Entry(table.name, slot, "done", intent, stamp, found.content or f"{stamp.code}.{stamp.inputs}", found.rows)


def _values(table: Table, source: str, stamps: Mapping[dt.date, Stamp]) -> dict[str, Value]:
    return {"start_date": min(stamps), "end_date": max(stamps), "source": source, **table.parameters}


def _order(slot: Slot) -> tuple[dt.date, str]:
    return slot.date, slot.source


def _naive(moment: dt.datetime | None) -> dt.datetime | None:
    return _moment(moment) if moment else None


def _moment(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _day_as_json(row: DayRow) -> dict[str, object]:
    return {
        "date": str(row.date),
        "source": row.source,
        "modified_at": _text(row.modified_at) if row.modified_at else None,
        "rows": row.rows,
        "final_at": _text(row.final_at),
    }


def _text(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
