"""Small feeds in Apple's three shapes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

APPS = (("1084662006", "香港01", "HK01 Company Limited"), ("1440129313", "瑪利歐醫生世界", "Nintendo Co., Ltd."))
Apps = Sequence[tuple[Any, Any, Any]]


def rss_v1(apps: Apps = APPS, path: str = "hk/ios-apps/top-free/all/100", **more: Any) -> bytes:
    """As rss.itunes.apple.com wrote it until 2021."""
    feed = {
        "title": "Top Free iPhone Apps",
        "id": f"http://rss.itunes.apple.com/api/v1/{path}/explicit.json",
        "country": path[:2],
        "updated": "2019-07-15T01:30:17.000-07:00",
        "results": [
            {"artistName": artist, "id": app, "name": name, "kind": "iosSoftware"} for app, name, artist in apps
        ],
    }
    return _written(feed | more)


def rss_v2(apps: Apps = APPS, path: str = "hk/apps/top-free/100", **more: Any) -> bytes:
    """As rss.marketingtools.apple.com writes it."""
    feed = {
        "title": "Top Free Apps",
        "id": f"https://rss.marketingtools.apple.com/api/v2/{path}/apps.json",
        "country": path[:2],
        "updated": "Sat, 31 Oct 2026 23:50:01 +0000",
        "results": [{"artistName": artist, "id": app, "name": name, "kind": "apps"} for app, name, artist in apps],
    }
    return _written(feed | more)


def itunes(apps: Apps = APPS, path: str = "hk/rss/topfreeapplications/limit=100", **more: Any) -> bytes:
    """As itunes.apple.com writes it: a list of one without its list."""
    entries: Any = [
        {
            "im:name": {"label": name},
            "im:artist": {"label": artist, "attributes": {"href": "https://apps.apple.com/"}},
            "id": {"label": f"https://apps.apple.com/hk/app/id{app}", "attributes": {"im:id": app}},
        }
        for app, name, artist in apps
    ]
    feed = {
        "entry": entries[0] if len(entries) == 1 else entries,
        "updated": {"label": "2026-10-31T20:50:01-07:00"},
        "id": {"label": f"https://itunes.apple.com/{path}/json"},
    }
    return _written(feed | more)


def _written(feed: dict[str, Any]) -> bytes:
    return json.dumps({"feed": {key: value for key, value in feed.items() if value is not None}}).encode()
