"""From a feed into MySQL: which chart of which day it is, whole or not at all, with a row in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DeclarationError, FeedError
from loaders.store.connection import connected
from loaders.store.query import ask
from loaders.store.tables import make_own_tables
from loaders.store_ranks.charts import Claim
from loaders.store_ranks.feed import parse_feed
from loaders.store_ranks.load import Wish, load_chart
from loaders.store_ranks.name import name_chart
from tests.conftest import Stack
from tests.loaders.store_ranks.feeds import APPS, itunes, rss_v1, rss_v2

ANONYMOUS = rss_v2(id=None, country=None)


@pytest.fixture
def ranks(store: Stack) -> Iterator[Stack]:
    with connected(store.environment, "loader") as connection:
        make_own_tables(connection)
        connection.cursor().execute("DELETE FROM store_ranks")
        connection.commit()
    yield store


def written(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "feed.json"
    path.write_bytes(content)
    return str(path)


def named(content: bytes, country: str | None = None, chart: str | None = None, date: dt.date | None = None):
    found = name_chart(parse_feed(content, "f.json"), Claim(country, chart), date, "apple", "f.json")
    return found.country, found.chart, found.date


def test_a_feed_may_say_everything_itself():
    assert named(rss_v1()) == ("HK", "top-free", dt.date(2019, 7, 15))
    assert named(itunes()) == ("HK", "top-free", dt.date(2026, 10, 31))


def test_what_is_asked_for_names_a_feed_that_says_nothing():
    assert named(ANONYMOUS, "KR", "top-paid", dt.date(2026, 1, 2)) == ("KR", "top-paid", dt.date(2026, 1, 2))
    assert (
        named(rss_v2(id=None, country=None, updated=None), "KR", "top-paid")[2] == dt.datetime.now().astimezone().date()
    )


@pytest.mark.parametrize(
    ("content", "asked", "sentence"),
    [
        (rss_v2(), ("KR", None), "f.json says that it is of country HK, not KR; correct --country or the feed"),
        (rss_v2(), (None, "top-paid"), "f.json says that it is of chart top-free, not top-paid; correct --chart"),
        (ANONYMOUS, (None, "top-paid"), "f.json does not say of which country it is; add --country"),
        (ANONYMOUS, ("KR", None), "f.json does not say of which chart it is; add --chart"),
    ],
)
def test_a_feed_is_not_taken_for_another(content, asked, sentence):
    with pytest.raises(FeedError, match=sentence):
        named(content, *asked)


def test_a_day_in_the_future_is_a_mistake():
    with pytest.raises(FeedError, match="--date 2931-01-01 lies in the future"):
        named(rss_v2(), date=dt.date(2931, 1, 1))


def test_a_chart_is_stored_and_the_ledger_says_so(ranks: Stack, tmp_path: Path):
    loaded = load_chart(ranks.environment, Wish(written(tmp_path, rss_v1()), "hk", "Top Free"))
    assert (len(loaded.chart.apps), loaded.replaced) == (2, 0)
    rows = ask(ranks.environment, "SELECT * FROM store_ranks ORDER BY `rank`").rows
    assert rows == tuple((dt.date(2019, 7, 15), "apple", "HK", "top-free", n, *app) for n, app in enumerate(APPS, 1))
    entry = "SELECT `table`, step, from_date, to_date, reason, `rows`, status FROM loads ORDER BY id DESC LIMIT 1"
    day = dt.date(2019, 7, 15)
    assert ask(ranks.environment, entry).rows == (("store_ranks", "store", day, day, "apple HK top-free", 2, "done"),)


def test_a_feed_that_is_broken_changes_nothing(ranks: Stack, tmp_path: Path):
    load_chart(ranks.environment, Wish(written(tmp_path, rss_v1())))
    before = ask(ranks.environment, "SELECT COUNT(*) FROM store_ranks").rows
    with pytest.raises(FeedError):
        load_chart(ranks.environment, Wish(written(tmp_path, rss_v1([*APPS, APPS[0]]))))
    assert ask(ranks.environment, "SELECT COUNT(*) FROM store_ranks").rows == before


def test_the_settings_are_followed(ranks: Stack, tmp_path: Path):
    settings = (Path("metrics.yaml")).read_text().partition("store_ranks:")[0]
    path = tmp_path / "metrics.yaml"
    path.write_text(settings + 'store_ranks: {ours: {1084662006: HK01}, competitors: {"1440129313": Mario}}\n')
    environment = ranks.environment.model_copy(update={"metrics_file": path})
    load_chart(environment, Wish(written(tmp_path, rss_v1())))
    rows = ask(environment, "SELECT app_id, role, name FROM store_apps WHERE store = 'apple' ORDER BY app_id").rows
    assert rows == (("1084662006", "ours", "HK01"), ("1440129313", "competitor", "Mario"))
    for wrong in (
        '{ours: {"1": A}, competitors: {"1": B}}',
        '{ours: {"1": A}, competitors: {"2": A}}',
        "{ours: {x: A}}",
    ):
        path.write_text(f"{settings}store_ranks: {wrong}\n")
        with pytest.raises(DeclarationError, match="store_ranks"):
            load_chart(environment, Wish(written(tmp_path, rss_v1())))
