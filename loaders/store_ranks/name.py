"""Which chart of which day a feed is."""

from __future__ import annotations

import datetime as dt

from loaders.errors import FeedError
from loaders.store.ranks import Chart
from loaders.store_ranks.charts import Claim
from loaders.store_ranks.feed import Feed


def name_chart(feed: Feed, asked: Claim, date: dt.date | None, store: str, where: str) -> Chart:
    """Which chart of which day the feed is: what was asked for, else what it says, else today.

    Raises FeedError when it says that it is another one, or when nobody says which.
    """
    country = _agreed("country", asked.country, feed.claim.country, where)
    chart = _agreed("chart", asked.chart, feed.claim.chart, where)
    today = dt.datetime.now().astimezone().date()
    # Somewhere it is tomorrow already.
    if date and date > today + dt.timedelta(days=1):
        raise FeedError(f"--date {date} lies in the future; correct it.")
    return Chart(date or feed.updated or today, store, country, chart, feed.apps)


def _agreed(what: str, asked: str | None, claimed: str | None, where: str) -> str:
    if asked and claimed and asked != claimed:
        raise FeedError(f"{where} says that it is of {what} {claimed}, not {asked}; correct --{what} or the feed.")
    if not (asked or claimed):
        raise FeedError(f"{where} does not say of which {what} it is; add --{what}.")
    return asked or claimed or ""
