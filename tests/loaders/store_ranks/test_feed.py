"""Apple's feeds in all their shapes become ranks; whatever is no chart of apps is told so in one sentence."""

import datetime as dt
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import FeedError
from loaders.store_ranks import feed as feed_module
from loaders.store_ranks.charts import Claim
from loaders.store_ranks.feed import UNKNOWN, App, parse_feed
from settings.environment import PROJECT
from tests.loaders.store_ranks.feeds import APPS, itunes, rss_v1, rss_v2

REAL = PROJECT.parent / "shared/data/store/apple_v1_hk_top_free_100_2019.json"
SHAPES = pytest.mark.parametrize("shape", [rss_v1, rss_v2, itunes], ids=lambda shape: shape.__name__)


@SHAPES
def test_the_position_is_the_rank(shape):
    assert parse_feed(shape(), "feed").apps == tuple(App(*app) for app in APPS)


@SHAPES
def test_a_chart_of_one_app(shape):
    assert parse_feed(shape(APPS[:1]), "feed").apps == (App(*APPS[0]),)


@SHAPES
def test_a_gzipped_feed_is_the_same(shape):
    assert parse_feed(gzip.compress(shape()), "feed") == parse_feed(shape(), "feed")


@SHAPES
def test_a_feed_says_country_and_chart(shape):
    assert parse_feed(shape(), "feed").claim == Claim("HK", "top-free")


def test_the_day_is_the_one_that_the_feed_writes_in_its_own_time_zone():
    assert parse_feed(rss_v1(), "feed").updated == dt.date(2019, 7, 15)
    assert parse_feed(rss_v2(), "feed").updated == dt.date(2026, 10, 31)
    assert parse_feed(itunes(), "feed").updated == dt.date(2026, 10, 31)
    assert parse_feed(rss_v2(updated=None), "feed").updated is None
    assert parse_feed(rss_v2(updated="soon"), "feed").updated is None


def test_a_number_may_be_written_as_one_and_a_publisher_may_be_missing():
    assert parse_feed(rss_v2([(1084662006, "a", None)]), "feed").apps == (App("1084662006", "a", UNKNOWN),)


def test_the_older_charts_have_the_newer_names():
    assert parse_feed(itunes(path="us/rss/topgrossingipadapplications/limit=10"), "feed").claim == Claim(
        "US", "top-grossing-ipad"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f.json is no JSON, not Apple's JSON; take the feed"),
        (b"<?xml version='1.0'?><feed/>", "f.json is a web page or XML, not Apple's JSON"),
        (b"\xff\xfe{}", "f.json is no JSON"),
        (b"[" * 100_000, "f.json is no JSON"),
        (b"[]", "f.json is no chart of Apple's: it holds no object `feed`"),
        (b'{"feed": []}', "it holds no object `feed`"),
        (b'{"feed": {}}', "its feed has neither results nor entry"),
        (b'{"feed": {"results": {}}}', r"f.json: feed.results is \{\}, not a list of apps"),
        (b'{"feed": {"entry": "x"}}', 'f.json: feed.entry is "x", not a list of apps'),
        (rss_v2([]), "f.json lists no app"),
        (b'{"feed": {"results": [7]}}', r"f.json, feed.results\[0\]: id is null, which is no app's number"),
        (rss_v2([*APPS, ("id1", "a", "b")]), r"f.json, feed.results\[2\]: id is \"id1\", which is no app's number"),
        (rss_v2([(True, "a", "b")]), "id is true, which is no app's number"),
        (itunes([(None, "a", "b")]), r"feed.entry\[0\]: id.attributes.im:id is null"),
        (rss_v2([("1", " \n", "b")]), r"feed.results\[0\]: name is \" \\n\", which is no app's name"),
        (itunes([("1", 5, "b")]), r"feed.entry\[0\]: im:name.label is 5"),
        (rss_v2([*APPS, APPS[0]]), r"ranks the app 1084662006 \(香港01\) twice, 1 and 3"),
        (rss_v2(path="hk/music/most-played/100"), "f.json is a feed of music, not of apps"),
        (rss_v1(path="hk/ios-apps/top-free/games/100"), r"f.json is the chart of one genre \(games\)"),
        (itunes(path="hk/rss/topfreeapplications/limit=100/genre=6014"), r"one genre \(6014\)"),
        (itunes(path="hk/rss/topalbums/limit=100"), "a feed of topalbums in hk: There is no chart 'topalbums'"),
        (gzip.compress(rss_v2())[:-9], "f.json cannot be unpacked"),
        (b"\x1f\x8bnot at all", "f.json cannot be unpacked"),
    ],
)
def test_what_is_no_chart_is_said_in_one_sentence(content, sentence):
    with pytest.raises(FeedError, match=sentence) as caught:
        parse_feed(content, "f.json")
    assert "\n" not in str(caught.value)


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(feed_module, "LARGEST_FEED", 2**20)
    with pytest.raises(FeedError, match="has over 1 MB"):
        parse_feed(gzip.compress(b" " * 2**24), "f.json")


@given(st.text(st.characters(), min_size=1), st.text(st.characters()))
@pytest.mark.parametrize("shape", [rss_v2, itunes])
def test_whatever_a_name_holds_it_becomes_a_line_that_mysql_keeps(shape, name, publisher):
    """Half surrogate pairs, control characters and markup included."""
    try:
        (app,) = parse_feed(shape([("1", name, publisher)]), "feed").apps
    except FeedError as error:
        assert not feed_module.clean(name)
        assert str(error).isprintable()
        return
    for text in (app.name, app.publisher):
        assert 0 < len(text) <= 255
        assert text.encode()
        assert text == text.strip()
        assert not set(text) & set(map(chr, [*range(32), 127]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["feed", "results", "entry", "id", "name", "im:name", "label", "attributes", "im:id", "updated"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(json_values)
def test_whatever_the_json_is_it_is_a_chart_or_a_sentence(value):
    try:
        parse_feed(json.dumps({"feed": value}).encode(), "feed")
    except FeedError as error:
        assert "feed" in str(error)


@pytest.mark.skipif(not REAL.exists(), reason="the real feed of 2019 is not beside this repository")
def test_a_real_feed():
    feed = parse_feed(REAL.read_bytes(), REAL.name)
    assert len(feed.apps) == 100
    assert feed.apps[0] == App("1084662006", "香港01", "HK01 Company Limited")
    assert (feed.claim, feed.updated) == (Claim("HK", "top-free"), dt.date(2019, 7, 15))
