"""Apple's chart feeds, read: RSS of versions 1 and 2 (`feed.results[]`) and iTunes (`feed.entry[]`)."""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from loaders.errors import FeedError
from loaders.store_ranks.charts import Claim, country_code, read_claim

# Apple's feed of 100 apps has 100 kB.
LARGEST_FEED = 16 * 2**20
LONGEST_TEXT = 255
UNKNOWN = "(unknown)"
_LONGEST_SHOWN = 60

_GZIP = b"\x1f\x8b"
_APP_ID = re.compile(r"[0-9]{1,20}")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class App:
    """An app as a chart names it."""

    app_id: str
    name: str
    publisher: str


@dataclass(frozen=True)
class Feed:
    """A chart's apps in the order of their ranks, from 1, and what the feed says of itself."""

    apps: tuple[App, ...]
    claim: Claim
    # The day on which Apple made it, in the time zone that the feed writes.
    updated: dt.date | None
    # `results` or `entry`.
    shape: str


def parse_feed(content: bytes, where: str) -> Feed:
    """The feed in a file's or an answer's bytes, gzipped or not; `where` names it to the user.

    Raises FeedError for whatever is no chart of apps by Apple.
    """
    feed = _feed_of(_unpack(content, where), where)
    shape = next((name for name in ("results", "entry") if name in feed), None)
    if shape is None:
        raise FeedError(
            f"{where} is no chart of Apple's: its feed has neither results nor entry, or no app; check the address."
        )
    items = feed[shape]
    if shape == "entry" and isinstance(items, dict):
        # A list of one is written without its list.
        items = [items]
    if not isinstance(items, list):
        raise FeedError(f"{where}: feed.{shape} is {_shown(items)}, not a list of apps; download it again.")
    if not items:
        raise FeedError(f"{where} lists no app, so it ranks none; check country and chart.")
    read = _of_results if shape == "results" else _of_itunes
    apps = tuple(read(item, f"{where}, feed.{shape}[{number}]") for number, item in enumerate(items))
    _check_once(apps, where)
    return Feed(apps, _claim(feed, where), _updated(feed), shape)


def _unpack(content: bytes, where: str) -> bytes:
    if content[:2] != _GZIP:
        return content
    unpacking = zlib.decompressobj(wbits=31)
    try:
        text = unpacking.decompress(content, LARGEST_FEED + 1)
    except zlib.error as error:
        raise FeedError(f"{where} cannot be unpacked ({error}); download it again.") from error
    if len(text) > LARGEST_FEED:
        raise FeedError(f"{where} has over {LARGEST_FEED // 2**20} MB, which is no chart; check what it is.")
    if not unpacking.eof:
        raise FeedError(f"{where} cannot be unpacked (it ends too early); download it again.")
    return text


def _feed_of(text: bytes, where: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        kind = "a web page or XML" if text.lstrip()[:1] == b"<" else "no JSON"
        raise FeedError(f"{where} is {kind}, not Apple's JSON; take the feed whose address ends in json.") from error
    feed = content.get("feed") if isinstance(content, dict) else None
    if not isinstance(feed, dict):
        raise FeedError(f"{where} is no chart of Apple's: it holds no object `feed`; check the address.")
    return feed


def _of_results(item: Any, where: str) -> App:
    fields = item if isinstance(item, dict) else {}
    return _app(fields.get("id"), fields.get("name"), fields.get("artistName"), ("id", "name"), where)


def _of_itunes(item: Any, where: str) -> App:
    fields = item if isinstance(item, dict) else {}
    return _app(
        _at(fields, "id", "attributes", "im:id"),
        _at(fields, "im:name", "label"),
        _at(fields, "im:artist", "label"),
        ("id.attributes.im:id", "im:name.label"),
        where,
    )


def _app(app_id: Any, name: Any, publisher: Any, names: tuple[str, str], where: str) -> App:
    number = str(app_id) if isinstance(app_id, str | int) and not isinstance(app_id, bool) else ""
    if not _APP_ID.fullmatch(number):
        raise FeedError(f"{where}: {names[0]} is {_shown(app_id)}, which is no app's number; download the feed again.")
    title = clean(name)
    if not title:
        raise FeedError(f"{where}: {names[1]} is {_shown(name)}, which is no app's name; download the feed again.")
    return App(number, title, clean(publisher) or UNKNOWN)


def clean(text: Any) -> str:
    """The text on one line, as MySQL keeps it: at most 255 characters, and nothing that UTF-8 cannot hold."""
    if not isinstance(text, str):
        return ""
    # JSON can spell half of a surrogate pair.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _BLANK.sub(" ", whole).strip()[:LONGEST_TEXT].rstrip()


def _check_once(apps: Sequence[App], where: str) -> None:
    first: dict[str, int] = {}
    for rank, app in enumerate(apps, 1):
        # Apple ranks an app once; twice means that lists were joined, and that the ranks after it are wrong.
        if app.app_id in first:
            raise FeedError(
                f"{where} ranks the app {app.app_id} ({app.name}) twice, {first[app.app_id]} and {rank}; "
                "download the feed again."
            )
        first[app.app_id] = rank


def _claim(feed: Mapping[str, Any], where: str) -> Claim:
    address = feed.get("id")
    if isinstance(address, dict):
        address = address.get("label")
    claim = read_claim(address, where) if isinstance(address, str) else Claim()
    country = feed.get("country")
    if claim.country is None and isinstance(country, str):
        return Claim(country_code(country), claim.chart)
    return claim


def _updated(feed: Mapping[str, Any]) -> dt.date | None:
    written = feed.get("updated")
    if isinstance(written, dict):
        written = written.get("label")
    if not isinstance(written, str):
        return None
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(written.strip()).date()
        except (ValueError, OverflowError):
            continue
    return None


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
