"""Random small exports, dense in what goes wrong: ties, gaps as long as the windows, NULLs, blanks, look-alikes."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.reference import Definitions

Row = dict[str, Any]

# Windows begin and end at gaps of these lengths.
GAPS = [0, 1, 1, 2, 5, 6, 7, 8, 13, 14, 15, 26, 27, 28, 29, 60]
# A leap day, a common year's February, and New Year lie ahead of these.
FIRST_DAYS = [date(2024, 2, 27), date(2023, 2, 26), date(2023, 12, 30)]
USERS = ["a", "b", "c", "A", "a ", "", None]
COUNTRIES = ["Turkey", "Turkey ", "turkey", "Tu\u0308rkiye", "T\u00fcrkiye", "\uff21", "\U0001f4f7", " ", "", None]
PLATFORMS = ["IOS", "ios", "ANDROID ", "WEB", "", None]
VERSIONS = ["1.9", "1.10", "1.9 ", "", None]
EVENTS = ["take_photo", "take_photo ", "screen_view", "session_start", "app_remove", "os_update", "", None]
KEYS = ["filter", "lens", "Filter", "page_location"]
# As few that differ as possible, so that they meet.
VALUES: list[Row | None] = [
    {"string_value": "sepia"},
    {"string_value": "sepia "},
    {"string_value": "Sepia"},
    {"string_value": "3"},
    {"int_value": 3},
    {"double_value": 3.0},
    {"double_value": 9.223372036854776e18},
    {"float_value": 0.1},
    {"string_value": "(other)"},
    {"string_value": "(unknown)"},
    {"string_value": ""},
    {"string_value": None, "int_value": -(2**63)},
    {"string_value": "\U0001f4f7" * 300},
    {"string_value": "\uff21"},
    {"string_value": "x" * 254 + "  y"},
    {"string_value": "a\tb\nc\\N\\"},
    {},
    None,
]
SOURCES = ["android", "ios"]
SCHEMAS = ["ga4", "firebase"]
SUFFIXES = [".ndjson", ".ndjson.gz", ".parquet"]
DEFINITIONS = [
    Definitions(
        event_params=frozenset(
            {("take_photo", "filter", 1), ("take_photo", "lens", 2), ("session_start", "lens", None)}
        )
    ),
    Definitions(
        mau_days=7,
        take_events=frozenset({"screen_view", "os_update"}),
        country_aliases=frozenset({("turkey", "Turkey"), ("Turkey", "Tu\u0308rkiye")}),
        excluded_events=frozenset({"take_photo"}),
        event_params=frozenset({("take_photo", "filter", None), ("take_photo", "Filter", None)}),
        retention_days=frozenset({0, 1, 7, 13, 14, 60}),
    ),
    Definitions(
        background_events=frozenset({"screen_view"}),
        mau_days=30,
        take_events=frozenset(),
        country_aliases=frozenset(),
        excluded_events=frozenset(),
        event_params=frozenset(),
        retention_days=frozenset({2, 28}),
    ),
    Definitions(event_params=frozenset({("take_photo", "filter", 3), ("screen_view", "filter", 1)})),
]

# A soak test looks at this many times as many examples.
SOAK_FACTOR = int(os.environ.get("SOAK_FACTOR", "1"))


def search(examples: int) -> settings:
    """How many examples a run looks at. Their time is the engine's: neither slow examples nor slow machines fail."""
    return settings(max_examples=examples * SOAK_FACTOR, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Happening:
    """An event before it is written in one of the exports' schemas."""

    day: str
    name: str | None
    timestamp: int | None
    user: str | None
    country: str | None
    platform: str | None
    version: str | None
    params: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class World:
    """The few days, users and places that the events of one example share, so that they meet."""

    days: Sequence[date]
    users: Sequence[str | None]
    places: Sequence[tuple[str | None, str | None]]
    versions: Sequence[str | None]
    names: Sequence[str | None]
    values: Sequence[int]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to five days, as far from each other as the windows are long; up to three users; up to three places."""
    days = [draw(st.sampled_from(FIRST_DAYS))]
    for gap in draw(st.lists(st.sampled_from(GAPS), max_size=4)):
        days.append(days[-1] + timedelta(days=gap))
    place = st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(PLATFORMS))
    return World(
        days=days,
        users=draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=3, unique=True)),
        places=draw(st.lists(place, min_size=1, max_size=3, unique=True)),
        versions=draw(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=2, unique=True)),
        names=["take_photo", *draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True))],
        values=draw(st.lists(st.integers(0, len(VALUES) - 1), min_size=1, max_size=4, unique=True)),
    )


@st.composite
def happenings(draw: st.DrawFn, world: World) -> Happening:
    """What happened to somebody somewhere; few timestamps, so that ties are many."""
    country, platform = draw(st.sampled_from(world.places))
    param = st.tuples(st.sampled_from(KEYS), st.sampled_from(world.values))
    return Happening(
        day=f"{draw(st.sampled_from(world.days)):%Y%m%d}",
        name=draw(st.sampled_from(world.names)),
        timestamp=draw(st.sampled_from([1, 2, 3, None])),
        user=draw(st.sampled_from(world.users)),
        country=country,
        platform=platform,
        version=draw(st.sampled_from(world.versions)),
        params=tuple(draw(st.lists(param, max_size=3))),
    )


@st.composite
def stories(draw: st.DrawFn, world: World, *, max_size: int = 14) -> list[Happening]:
    """What happened; some of it twice."""
    found = draw(st.lists(happenings(world), min_size=1, max_size=max_size))
    return found + [each for each in found if draw(st.integers(0, 5)) == 0]


@st.composite
def written(draw: st.DrawFn, story: Sequence[Happening], schema: str) -> list[Row]:
    """The story as rows of an export. What is NULL may as well be missing from the file, at any depth."""
    sparse = draw(st.booleans(), label="leave out what is NULL")
    rows = [event(each) for each in story] if schema == "ga4" else bundles(story, draw(st.integers(1, 3)))
    return [without_nulls(row) for row in rows] if sparse else rows


def event(each: Happening) -> Row:
    """A row of today's export."""
    return {
        "event_date": each.day,
        "event_name": each.name,
        "event_timestamp": each.timestamp,
        "event_params": params(each),
        "user_pseudo_id": each.user,
        "platform": each.platform,
        "geo": {"country": each.country, "city": "Ankara"} if each.country else None,
        "app_info": {"version": each.version},
    }


def bundles(story: Sequence[Happening], longest: int) -> list[Row]:
    """Rows of the export of 2017: of one app each, with up to that many events, of whatever days."""
    by_app: dict[tuple[str | None, ...], list[Happening]] = {}
    for each in story:
        by_app.setdefault((each.user, each.country, each.platform, each.version), []).append(each)
    return [
        {
            "user_dim": {
                "user_id": "somebody",
                "app_info": {"app_instance_id": user, "app_platform": platform, "app_version": version},
                "geo_info": {"country": country} if country else None,
            },
            "event_dim": [
                {"date": each.day, "name": each.name, "timestamp_micros": each.timestamp, "params": params(each)}
                for each in found[start : start + longest]
            ],
        }
        for (user, country, platform, version), found in by_app.items()
        for start in range(0, len(found), longest)
    ]


def params(each: Happening) -> list[Row]:
    return [{"key": key, "value": VALUES[number]} for key, number in each.params]


def without_nulls(value: Any) -> Any:
    """The same without the fields that are NULL, and without the lists that are empty."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None and inner != []}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@st.composite
def logs(draw: st.DrawFn, world: World, schema: str = "ga4", *, max_size: int = 14) -> list[Row]:
    """The rows of one delivery."""
    return draw(written(draw(stories(world, max_size=max_size)), schema))


@st.composite
def files(draw: st.DrawFn, rows: list[Row], world: World | None = None) -> Mapping[str, list[Row]]:
    """The rows in up to three files, of any format, days mixed; with a world, bundles may come on any of its days."""
    number = draw(st.integers(1, 3))
    parts = [rows[start::number] for start in range(number)]
    found: dict[str, list[Row]] = {}
    for n, part in enumerate(parts):
        name = str(n)
        if world and "event_dim" in rows[0] and draw(st.booleans(), label="a delivery day in the file's name"):
            name = f"app_events_{draw(st.sampled_from(world.days)):%Y%m%d}_{n}"
        if part:
            found[name + draw(st.sampled_from(SUFFIXES))] = part
    return found
