"""Which charts there are, how Apple calls them, and where it publishes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import pytz

from loaders.errors import FeedError

Store = Literal["apple"]

# Apple answers 500 to more than 100 in the newer feed, and gives 100 in the older one.
MOST_RANKS = 100

_RSS = "https://rss.marketingtools.apple.com/api/v2/{country}/apps/{chart}/{ranks}/apps.json"
_ITUNES = "https://itunes.apple.com/{country}/rss/{name}/limit={ranks}/json"

# Chart → its name in the older feed of iTunes, the only one with the charts of revenue and of the iPad.
CHARTS = {
    "top-free": "topfreeapplications",
    "top-paid": "toppaidapplications",
    "top-grossing": "topgrossingapplications",
    "top-free-ipad": "topfreeipadapplications",
    "top-paid-ipad": "toppaidipadapplications",
    "top-grossing-ipad": "topgrossingipadapplications",
}
_IN_RSS = ("top-free", "top-paid")

# Apple's stores are in countries by ISO 3166; Kosovo has a store and no code there yet.
_COUNTRIES = {*pytz.country_names, "XK"}

_RSS_PATH = re.compile(
    r"/api/v\d+/(?P<country>[a-z]{2})/(?P<media>[a-z-]+)/(?P<chart>[a-z-]+)/(?:(?P<genre>[a-z][a-z-]*)/)?\d+/"
)
_ITUNES_PATH = re.compile(r"/(?P<country>[a-z]{2})/rss/(?P<chart>[a-z]+)(?:/|$)")
_ITUNES_GENRE = re.compile(r"/genre=(?P<genre>\d+)")
_APPS = ("apps", "ios-apps")


@dataclass(frozen=True)
class Claim:
    """What a feed says of itself; None where it does not say."""

    country: str | None = None
    chart: str | None = None


def country_code(text: str) -> str:
    """The country in upper case, as ISO 3166 writes it in two letters. Raises FeedError for no country."""
    code = text.strip().upper()
    if code not in _COUNTRIES:
        hint = "GB is the United Kingdom" if code == "UK" else "such as HK"
        raise FeedError(f"{text!r} is no country; give its two letters of ISO 3166, {hint}.")
    return code


def chart_name(text: str) -> str:
    """The chart by the one name that is stored, whatever Apple or people call it. Raises FeedError for no chart."""
    plain = re.sub(r"[\s_]+", "-", text.strip().lower())
    for chart, itunes in CHARTS.items():
        if plain in (chart, itunes):
            return chart
    raise FeedError(f"There is no chart {text!r}; the charts are {', '.join(CHARTS)}.")


def chart_url(country: str, chart: str) -> str:
    """Where Apple publishes today's chart of a country."""
    template = _RSS if chart in _IN_RSS else _ITUNES
    return template.format(country=country.lower(), chart=chart, name=CHARTS[chart], ranks=MOST_RANKS)


def read_claim(address: str, where: str) -> Claim:
    """Which chart a feed is by its own address. Raises FeedError when it is no chart of all apps.

    `where` names the feed to the user.
    """
    path = urlsplit(address).path.lower() if "[" not in address else ""
    if match := _RSS_PATH.search(path):
        if match["media"] not in _APPS:
            raise FeedError(f"{where} is a feed of {match['media']}, not of apps; load a chart of apps.")
        genre = None if match["genre"] == "all" else match["genre"]
    elif match := _ITUNES_PATH.search(path):
        found = _ITUNES_GENRE.search(path)
        genre = found["genre"] if found else None
    else:
        return Claim()
    if genre:
        raise FeedError(f"{where} is the chart of one genre ({genre}); load the chart of all apps.")
    try:
        return Claim(country_code(match["country"]), chart_name(match["chart"]))
    except FeedError as error:
        raise FeedError(f"{where} is a feed of {match['chart']} in {match['country']}: {error}") from error
