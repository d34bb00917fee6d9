"""One name for each chart and country, and Apple's address for it."""

import pytest
from pydantic import ValidationError

from loaders.errors import FeedError
from loaders.metrics import StoreRanks
from loaders.store_ranks.charts import CHARTS, Claim, chart_name, chart_url, country_code, read_claim


@pytest.mark.parametrize("text", ["top-free", "Top Free", "TOP_FREE", "topfreeapplications"])
def test_a_chart_has_one_name(text):
    assert chart_name(text) == "top-free"


def test_a_chart_that_is_none_is_told_the_charts():
    with pytest.raises(FeedError, match="There is no chart 'best'; the charts are top-free, top-paid"):
        chart_name("best")


def test_countries_are_upper_case_iso():
    assert [country_code(text) for text in ("hk", " KR ", "xk")] == ["HK", "KR", "XK"]


@pytest.mark.parametrize(("text", "hint"), [("UK", "GB is the United Kingdom"), ("ZZ", "such as HK"), ("", "HK")])
def test_what_is_no_country_is_refused(text, hint):
    with pytest.raises(FeedError, match=hint):
        country_code(text)


@pytest.mark.parametrize("chart", CHARTS)
def test_the_address_of_a_chart_says_which_chart_it_is(chart):
    assert read_claim(chart_url("HK", chart), "feed") == Claim("HK", chart)


def test_revenue_is_in_the_older_feed_alone():
    assert chart_url("HK", "top-free") == "https://rss.marketingtools.apple.com/api/v2/hk/apps/top-free/100/apps.json"
    assert chart_url("HK", "top-grossing") == "https://itunes.apple.com/hk/rss/topgrossingapplications/limit=100/json"


@pytest.mark.parametrize("address", ["", "https://example.com/feed.json", "https://[", "not an address"])
def test_another_address_says_nothing(address):
    assert read_claim(address, "feed") == Claim()


@pytest.mark.parametrize(
    ("charts", "complaint"),
    [
        ({"UK": ["top-free"]}, "'UK' is no country"),
        ({"hk": ["top-free"]}, "'hk' is no country"),
        ({"HK": ["best"]}, "'best' is no chart; the charts are top-free, "),
    ],
)
def test_the_charts_to_fetch_are_countries_and_charts(charts, complaint):
    with pytest.raises(ValidationError, match=complaint):
        StoreRanks(charts=charts)


def test_the_charts_to_fetch_are_kept_as_they_are():
    assert StoreRanks(charts={"HK": ["top-free", "top-paid"]}).charts == {"HK": ("top-free", "top-paid")}
