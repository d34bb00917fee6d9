"""The demo's ranks: in MySQL as long as the demo's days are in the warehouse, in a store of their own."""

from __future__ import annotations

import time
from collections.abc import Iterable

from loaders.demo.ranks import COMPETITORS, OURS, demo_feeds
from loaders.metrics import StoreRanks
from loaders.sources import DEMO_SOURCES
from loaders.store.connection import MySQL
from loaders.store.ledger import Entry, record
from loaders.store.ranks import DEMO_STORE, held_days, remove_store, write_charts, write_followed
from loaders.store_ranks.charts import Claim
from loaders.store_ranks.feed import parse_feed
from loaders.store_ranks.name import name_chart
from loaders.warehouse import DailyTable


def mirror_demo(connection: MySQL, tables: Iterable[DailyTable], run: str) -> None:
    """Makes the demo's ranks those of its days in the warehouse, in the connection's open transaction.

    Raises StoreError. They follow from the first and the last day alone, so equal days mean equal ranks.
    """
    days = {table.date for table in tables if table.source in DEMO_SOURCES}
    if held_days(connection, DEMO_STORE) == days:
        return
    started = time.monotonic()
    remove_store(connection, DEMO_STORE)
    write_followed(connection, DEMO_STORE, StoreRanks(ours=OURS, competitors=COMPETITORS) if days else StoreRanks())
    if not days:
        return
    first, last = min(days), max(days)
    feeds = demo_feeds(first, (last - first).days + 1)
    charts = [name_chart(parse_feed(feed, "the demo"), Claim(), None, DEMO_STORE, "the demo") for feed in feeds]
    charts = [chart for chart in charts if chart.date in days]
    write_charts(connection, charts)
    rows = sum(len(chart.apps) for chart in charts)
    seconds = time.monotonic() - started
    record(connection, Entry(run, "store_ranks", "store", first, last, DEMO_STORE, rows, seconds, "", ""))
