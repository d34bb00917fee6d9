"""A chart from Apple's feed into MySQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from loaders.errors import FeedError
from loaders.metrics import load_metrics
from loaders.store.connection import connected, transaction
from loaders.store.ledger import Entry, new_run, record
from loaders.store.locks import RANKS_LOCK, load_lock
from loaders.store.ranks import Chart, write_charts, write_followed
from loaders.store.tables import make_own_tables
from loaders.store_ranks.charts import Claim, chart_name, chart_url, country_code
from loaders.store_ranks.feed import parse_feed
from loaders.store_ranks.fetch import is_address, read_source
from loaders.store_ranks.name import name_chart
from settings.environment import Environment


@dataclass(frozen=True)
class Wish:
    """What to load; None is what the feed says of itself."""

    source: str | None = None
    country: str | None = None
    chart: str | None = None
    date: dt.date | None = None
    store: str = "apple"


@dataclass(frozen=True)
class LoadedChart:
    """The chart that was stored, and how many rows it replaced."""

    chart: Chart
    replaced: int


def load_chart(environment: Environment, wish: Wish, say: Callable[[str], None] = lambda _: None) -> LoadedChart:
    """Fetches or reads a feed and stores its chart, whole or not at all, with a row in the ledger.

    Without a source, it is today's chart from Apple. Raises FeedError, DeclarationError and StoreError.
    """
    started = time.monotonic()
    followed = load_metrics(environment.metrics_file).store_ranks
    asked = Claim(wish.country and country_code(wish.country), wish.chart and chart_name(wish.chart))
    source = wish.source or _published(asked)
    if is_address(source):
        say(f"Fetching {source}")
    content = read_source(source)
    feed = parse_feed(content, source)
    chart = name_chart(feed, asked, wish.date, wish.store, source)
    say(f"Storing {chart.chart} of {chart.country}, {chart.date}")
    with connected(environment, "loader") as connection, load_lock(connection, RANKS_LOCK):
        make_own_tables(connection)
        with transaction(connection):
            write_followed(connection, "apple", followed)
            replaced = write_charts(connection, [chart])
            step = Entry(
                run=new_run(),
                table="store_ranks",
                step="store",
                start=chart.date,
                end=chart.date,
                reason=f"{chart.store} {chart.country} {chart.chart}",
                rows=len(chart.apps),
                seconds=time.monotonic() - started,
                source_version=hashlib.sha256(content).hexdigest()[:16],
                code_version=f"feed.{feed.shape}",
            )
            record(connection, step)
    return LoadedChart(chart, replaced)


def _published(asked: Claim) -> str:
    if not asked.country or not asked.chart:
        raise FeedError("Say which chart to fetch, such as --country HK --chart top-free, or name a feed.")
    return chart_url(asked.country, asked.chart)
