"""The demo app's ranks in the store: made-up charts in Apple's own two formats, the same bytes for the same days."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from loaders.demo.curves import install_weights, push_day

OURS = {"9000000001": "Demo Camera"}
COMPETITORS = {"9000000002": "Lens & Light", "9000000003": "Snap Garden", "9000000004": "Retro Film"}

# Brazil is where the demo's marketing push happens.
COUNTRIES = ("BR", "KR")
_PUSH_COUNTRY = "BR"
_PUSH_DAYS = 14
CHARTS = ("top-free", "top-grossing")

# Of so many apps, the better ones are in the chart: apps come and go.
_APPS = 60
_RANKS = 50

# A place in the chart is worth so many points; fewer points are a better rank.
_PLACE = 100
_COMPETITOR_PLACES = (4, 13, 27)
# Where the demo's own app stands with the fewest installs, and where with the most.
_WORST = {"BR": 44, "KR": 62}
_BEST = 6

_FIRST_WORDS = ("Quiet", "Bright", "Little", "Paper", "Silver", "Happy", "Night", "Open")
_SECOND_WORDS = ("Lantern", "Garden", "Metro", "Kitchen", "Ledger", "Radio", "Puzzle", "Runner")


class _App(NamedTuple):
    app_id: str
    name: str
    publisher: str


def demo_feeds(first: datetime.date, days: int) -> Iterator[bytes]:
    """The charts of every day from `first` on, as Apple would have published them: each names its country and chart."""
    apps = _apps()
    fame = _fame(first, days)
    for number in range(days):
        day = first + datetime.timedelta(number)
        for country in COUNTRIES:
            for chart in CHARTS:
                points = [_points(app, index, country, chart, number, days, fame) for index, app in enumerate(apps)]
                ranked = sorted(range(_APPS), key=lambda index: (points[index], index))[:_RANKS]
                write = _as_itunes if chart == "top-grossing" else _as_rss
                feed = write([apps[index] for index in ranked], country.lower(), day)
                yield json.dumps({"feed": feed}, ensure_ascii=False).encode()


def _apps() -> list[_App]:
    followed = [_App(app_id, name, "Demo Company") for app_id, name in OURS.items()]
    followed += [_App(app_id, name, f"{name} Inc.") for app_id, name in COMPETITORS.items()]
    others = [(first, second) for second in _SECOND_WORDS for first in _FIRST_WORDS][: _APPS - len(followed)]
    return followed + [
        _App(str(9_000_001_000 + number), f"{first} {second}", f"{second} Works")
        for number, (first, second) in enumerate(others)
    ]


def _fame(first: datetime.date, days: int) -> list[int]:
    """Of each day, 0 to 1000: the installs of the week that ends with it, against the best and the worst week."""
    weights = install_weights(first, days)
    weeks = [sum(weights[max(0, day - 6) : day + 1]) // min(7, day + 1) for day in range(days)]
    low, high = min(weeks), max(weeks)
    return [1000 * (week - low) // max(1, high - low) for week in weeks]


def _points(app: _App, index: int, country: str, chart: str, day: int, days: int, fame: Sequence[int]) -> int:
    jitter = _chance(app.app_id, country, chart, day) % (3 * _PLACE)
    if app.app_id in OURS:
        points = (_WORST[country] * 1000 - (_WORST[country] - _BEST) * fame[day]) * _PLACE // 1000
        since = day - push_day(days)
        if country == _PUSH_COUNTRY and 0 <= since < _PUSH_DAYS:
            points -= 14 * _PLACE * (_PUSH_DAYS - since) // _PUSH_DAYS
        return points + jitter
    if app.app_id in COMPETITORS:
        place = _COMPETITOR_PLACES[index - len(OURS)]
    else:
        place = _chance(app.app_id, country, chart) % _APPS
    period = 24 + _chance(app.app_id, country) % 40
    phase = (day + _chance(app.app_id, chart)) % period
    wave = abs(2 * phase - period) * 12 * _PLACE // period
    return place * _PLACE + wave + jitter


def _chance(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:6], "big")


def _as_rss(apps: Sequence[_App], country: str, day: datetime.date) -> dict[str, Any]:
    return {
        "title": "Top Free Apps",
        "id": f"https://demo.invalid/api/v2/{country}/apps/top-free/{_RANKS}/apps.json",
        "country": country,
        "updated": f"{day:%a, %d %b %Y} 06:00:00 +0000",
        "results": [
            {"artistName": app.publisher, "id": app.app_id, "name": app.name, "kind": "apps", "genres": []}
            for app in apps
        ],
    }


def _as_itunes(apps: Sequence[_App], country: str, day: datetime.date) -> dict[str, Any]:
    return {
        "author": {"name": {"label": "iTunes Store"}},
        "entry": [
            {
                "im:name": {"label": app.name},
                "im:artist": {"label": app.publisher},
                "id": {"label": f"https://demo.invalid/app/id{app.app_id}", "attributes": {"im:id": app.app_id}},
            }
            for app in apps
        ],
        "updated": {"label": f"{day}T06:00:00-00:00"},
        "title": {"label": "iTunes Store: Top Grossing Applications"},
        "id": {"label": f"https://demo.invalid/{country}/rss/topgrossingapplications/limit={_RANKS}/json"},
    }
