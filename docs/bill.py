"""The figures of docs/cost.md, computed: what nights and months at BigQuery cost.

python -m docs.bill docs/cost.md puts them between the page's <!-- bill … --> marks; the tests compare.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost_bills import Night, blind_base, naive_night, our_nights, stored
from benchmarks.cost_nights import EXPORT_TABLE
from benchmarks.cost_volumes import Volumes, volumes
from loaders.bigquery_prices import usd
from loaders.catalog import Catalog
from loaders.cost.month import after_the_gift, queries_usd, storage_usd
from settings.environment import PROJECT
from tests import definitions

_MARKED = re.compile(r"(<!-- bill (\w+) -->\n).*?(<!-- /bill -->\n)", re.DOTALL)
# Tables with less are told together.
_SMALL_GB = 0.5
# What a month of queries is to stay under.
_AIM_USD = 50


@dataclass(frozen=True)
class Company:
    """A company of the size in question, and two nights of its loads."""

    catalog: Catalog
    volumes: Volumes
    quiet: Night
    most: Night


@contextmanager
def company() -> Iterator[Company]:
    """The company under the shipped definitions."""
    catalog = definitions.catalog()
    with tempfile.TemporaryDirectory() as folder:
        sizes = volumes(Path(folder), catalog, EXPORT_TABLE)
        yield Company(catalog, sizes, *our_nights(catalog, definitions.metrics(), sizes.tables))


def size(of: Company) -> str:
    """What the company's logs come to."""
    sizes = of.volumes
    return _table(
        ["", ""],
        [
            ["bytes of an event", f"{sizes.bytes_an_event:,.0f}"],
            ["of which the load reads", f"{of.quiet.raw / sizes.events_a_day * _events_ratio(of):,.0f}"],
            ["events a day", f"{sizes.events_a_day / 1e6:,.0f} million"],
            ["daily users", f"{sizes.daily_users / 1e6:.1f} million"],
            ["users known after 91 days", f"{sizes.known_users / 1e6:.0f} million"],
            ["rows of `events_flat` a day", f"{_rows(of) / 1e6:.0f} million"],
        ],
    )


def nights(of: Company) -> str:
    """GB and dollars by table, of a night with a new day alone, and with three restated ones."""
    rows = []
    small = [0, 0]
    quiet, most = of.quiet.by_table(), of.most.by_table()
    for name in of.catalog.tables:
        pair = quiet[name], most[name]
        if pair[1] / 1e9 < _SMALL_GB:
            small = [small[0] + pair[0], small[1] + pair[1]]
        else:
            rows.append([f"`{name}`", *_pair(*pair)])
    rows.append(["all others", *_pair(*small)])
    rows.append(["**together**", *_pair(of.quiet.billed, of.most.billed)])
    rows.append(["of it the export itself", *_pair(of.quiet.raw, of.most.raw)])
    return _table(["for", "a new day, GB", "$", "and three restated, GB", "$"], rows)


def months(of: Company) -> str:
    """Dollars of 30 nights, and of storage."""
    tables = of.volumes.tables
    own = [name for name in tables if name != EXPORT_TABLE]
    naive = naive_night(tables)
    six = sum(naive[report.name] for report in of.catalog.reports if report.rollup_of is None)
    # Whoever re-reads four days computes from them what we do after three restated days.
    staging = of.most.billed - of.most.raw
    ways = [
        ("**ours**, no day is ever restated", of.quiet.billed),
        ("**ours**, three days are restated every night", of.most.billed),
        ("blind re-read of four days, our columns (b)", blind_base("narrow_base", tables) + staging),
        ("blind re-read of four days, whole records (b)", blind_base("wide_base", tables) + staging),
        ("six reports straight from the export, others from them (a)", six),
        ("all reports straight from the export (a)", sum(naive.values())),
    ]
    rows = [
        [
            way,
            f"{billed / 1e9:,.0f}",
            f"{billed / of.quiet.billed:.1f} / {billed / of.most.billed:.1f}",
            f"{queries_usd(billed):,.2f}",
            f"{after_the_gift(queries_usd(billed)):,.2f}",
        ]
        for way, billed in ways
    ]
    stores = [
        ["our dataset", f"{stored(tables, own) / 1e9:,.0f}", f"{storage_usd(stored(tables, own)):,.2f}"],
        [
            "the export, which is there in any case",
            f"{stored(tables, [EXPORT_TABLE]) / 1e9:,.0f}",
            f"{storage_usd(stored(tables, [EXPORT_TABLE])):,.2f}",
        ],
    ]
    more = (queries_usd(of.most.billed) - queries_usd(of.quiet.billed)) / of.most.restated
    limit = (_AIM_USD - queries_usd(of.quiet.billed)) / more
    said = (
        f"Each restated day a night adds ${more:.2f} a month: with up to {limit:.1f} of them a night, on average, "
        f"a month stays under ${_AIM_USD}.\n"
    )
    heads = ["queries", "GB a night", "times ours (quiet / restated)", "$ a month", "the first TiB free"]
    return _table(heads, rows) + "\n" + said + "\n" + _table(["storage of 91 days", "GB", "$ a month"], stores)


_PARTS = {"size": size, "nights": nights, "months": months}


def replace(page: str, of: Company) -> str:
    """The page with the figures as they are now."""
    return _MARKED.sub(lambda match: match.group(1) + _PARTS[match.group(2)](of) + match.group(3), page)


def _rows(of: Company) -> float:
    # Every row has a day, of 8 bytes.
    return of.volumes.tables["events_flat"].partitions[of.most.newest]["date"] / 8


def _events_ratio(of: Company) -> float:
    """The mean day's events against those of the quiet night's new day."""
    days = of.volumes.tables[EXPORT_TABLE].partitions
    return of.volumes.events_a_day * of.volumes.bytes_an_event / sum(days[of.quiet.newest].values())


def _pair(quiet: int, most: int) -> list[str]:
    return [f"{quiet / 1e9:,.1f}", f"{usd(quiet):.2f}", f"{most / 1e9:,.1f}", f"{usd(most):.2f}"]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Renews the figures in the pages that are named."""
    with company() as found:
        for name in sys.argv[1:]:
            path = PROJECT / name
            path.write_text(replace(path.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
