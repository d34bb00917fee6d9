"""The demo's ranks come and go with the demo's days, and never touch what is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from loaders.demo.ranks import CHARTS, COMPETITORS, COUNTRIES, OURS, demo_feeds
from loaders.store.connection import MySQL, connected, transaction
from loaders.store.ranks import Chart, write_charts
from loaders.store.tables import make_own_tables
from loaders.store_ranks.demo import mirror_demo
from loaders.store_ranks.feed import App, parse_feed
from loaders.warehouse import DailyTable
from tests.conftest import Stack

FIRST = dt.date(2026, 9, 2)


@pytest.fixture
def connection(store: Stack) -> Iterator[MySQL]:
    with connected(store.environment, "loader") as connection:
        make_own_tables(connection)
        connection.cursor().execute("DELETE FROM store_ranks")
        connection.commit()
        yield connection
        connection.cursor().execute("DELETE FROM store_ranks")
        connection.commit()


def tables(days: int, source: str = "demo") -> list[DailyTable]:
    return [DailyTable(source, FIRST + dt.timedelta(day), "v", 1, dt.datetime(2026, 1, 1)) for day in range(days)]


def mirror(connection: MySQL, days: list[DailyTable]) -> dict[str, int]:
    with transaction(connection):
        mirror_demo(connection, days, "run")
    with connection.cursor() as cursor:
        cursor.execute("SELECT store, COUNT(DISTINCT `date`) FROM store_ranks GROUP BY store")
        return dict(cursor.fetchall())


def test_the_same_days_make_the_same_bytes():
    assert list(demo_feeds(FIRST, 5)) == list(demo_feeds(FIRST, 5))
    assert list(demo_feeds(FIRST, 5)) != list(demo_feeds(FIRST, 6))[: 5 * len(COUNTRIES) * len(CHARTS)]


def test_every_day_has_every_chart_and_the_story_is_told():
    feeds = [parse_feed(content, "the demo") for content in demo_feeds(FIRST, 60)]
    assert len({(feed.updated, feed.claim) for feed in feeds}) == 60 * len(COUNTRIES) * len(CHARTS)
    (ours,) = OURS
    brazil = [feed for feed in feeds if (feed.claim.country, feed.claim.chart) == ("BR", "top-free")]
    ranks = [[app.app_id for app in feed.apps].index(ours) + 1 for feed in brazil]
    assert ranks[0] < ranks[30], "the launch is behind it"
    assert min(ranks[42:46]) < min(ranks[35:42]), "the push in Brazil lifts it"
    seen = {app.app_id for feed in brazil for app in feed.apps}
    assert seen >= COMPETITORS.keys()


def test_they_follow_the_days_of_the_demo_and_leave_what_is_real(connection: MySQL):
    with transaction(connection):
        write_charts(connection, [Chart(FIRST, "apple", "BR", "top-free", (App("1", "a", "b"),))])
    assert mirror(connection, tables(4)) == {"apple": 1, "demo": 4}
    assert mirror(connection, tables(4)) == {"apple": 1, "demo": 4}
    assert mirror(connection, tables(2)) == {"apple": 1, "demo": 2}
    assert mirror(connection, tables(4, source="our_app")) == {"apple": 1}
