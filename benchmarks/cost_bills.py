"""What nights are billed at BigQuery: ours by the statements that the engine sends, others by the SQL in baselines/."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost_nights import EXPORT_TABLE, Sent, nights
from benchmarks.cost_volumes import DAYS_OF_ALL
from loaders.catalog import Catalog
from loaders.cost.bill import Bill, Sized, bill
from loaders.metrics import Metrics

BASELINES = Path(__file__).parent / "baselines"

# Google may restate a day for three days: the most that a night sees.
MOST_RESTATED = 3


@dataclass(frozen=True)
class Night:
    """What a load sent, each statement with its bill."""

    newest: dt.date
    restated: int
    statements: Sequence[tuple[Sent, Bill]]

    @property
    def billed(self) -> int:
        """Bytes of all statements."""
        return sum(each.billed for _, each in self.statements)

    @property
    def raw(self) -> int:
        """Those of them that the export has."""
        return sum(read.processed for _, each in self.statements for read in each.reads if read.table == EXPORT_TABLE)

    def by_table(self) -> dict[str, int]:
        """Bytes by the table for which they were read."""
        found: dict[str, int] = {}
        for sent, each in self.statements:
            found[sent.table] = found.get(sent.table, 0) + each.billed
        return found


def our_nights(catalog: Catalog, metrics: Metrics, tables: Mapping[str, Sized]) -> tuple[Night, Night]:
    """A night with a new day alone, and the one after it with another new day and three restated ones."""
    with nights(catalog, metrics) as company:
        company.deliver(*DAYS_OF_ALL[:-2])
        company.load()
        company.deliver(DAYS_OF_ALL[-2])
        quiet = _night(0, company.load(), DAYS_OF_ALL[-2], tables)
        company.deliver(*DAYS_OF_ALL[-1 - MOST_RESTATED :])
        return quiet, _night(MOST_RESTATED, company.load(), DAYS_OF_ALL[-1], tables)


def _night(restated: int, sent: Sequence[Sent], newest: dt.date, tables: Mapping[str, Sized]) -> Night:
    there = until(tables, newest)
    return Night(newest, restated, [(each, bill(each.sql, each.parameters, there)) for each in sent])


def until(tables: Mapping[str, Sized], newest: dt.date) -> dict[str, Sized]:
    """The tables as they are when `newest` is the newest day."""
    return {
        name: Sized(
            table.layout, {day: leaves for day, leaves in table.partitions.items() if day is None or day <= newest}
        )
        for name, table in tables.items()
    }


def naive_night(tables: Mapping[str, Sized]) -> dict[str, int]:
    """Bytes of each report when it is computed anew from the export, over the whole history."""
    return {path.stem: _billed(path, tables) for path in sorted((BASELINES / "naive").glob("*.sql"))}


def blind_base(name: str, tables: Mapping[str, Sized]) -> int:
    """Bytes of a blind re-read of four days into a base table."""
    return _billed(BASELINES / "blind" / f"{name}.sql", tables)


def stored(tables: Mapping[str, Sized], names: Iterable[str]) -> float:
    """The bytes that the tables hold."""
    return sum(size for name in names for leaves in tables[name].partitions.values() for size in leaves.values())


def _billed(path: Path, tables: Mapping[str, Sized]) -> int:
    text = path.read_text(encoding="utf-8").replace("export.events_*", EXPORT_TABLE)
    given = {"start_date": DAYS_OF_ALL[0], "end_date": DAYS_OF_ALL[-1]}
    return bill(text, given, tables).billed
