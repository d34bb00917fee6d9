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
GAPS = [0, 1, 1, 2, 5, 6, 7, 8, 26, 27, 28, 29]
# A leap day, a common year's February, and New Year lie ahead of these.
FIRST_DAYS = [date(2024, 2, 27), date(2023, 2, 26), date(2023, 12, 30)]
USERS = ["a", "b", "c", "A", "a ", "", None]
COUNTRIES = ["Turkey", "Turkey ", "turkey", "Tu\u0308rkiye", "T\u00fcrkiye", "\uff21", "\U0001f4f7", " ", "", None]
PLATFORMS = ["IOS", "ios", "ANDROID ", "WEB", "", None]
EVENTS = ["take_photo", "screen_view", "session_start", "app_remove", "os_update", "notification_receive"]
SOURCES = ["android", "ios"]
SUFFIXES = [".ndjson", ".ndjson.gz", ".parquet"]
DEFINITIONS = [
    Definitions(),
    Definitions(mau_days=7, take_events=frozenset({"screen_view", "os_update"})),
    Definitions(background_events=frozenset({"screen_view"}), mau_days=30, take_events=frozenset()),
]

# A soak test looks at this many times as many examples.
SOAK_FACTOR = int(os.environ.get("SOAK_FACTOR", "1"))


def search(examples: int) -> settings:
    """How many examples a run looks at. Their time is the engine's: neither slow examples nor slow machines fail."""
    return settings(max_examples=examples * SOAK_FACTOR, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class World:
    """The few days, users and places that the events of one example share, so that they meet."""

    days: Sequence[date]
    users: Sequence[str | None]
    places: Sequence[tuple[str | None, str | None]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to five days, as far from each other as the windows are long; up to three users; up to three places."""
    days = [draw(st.sampled_from(FIRST_DAYS))]
    for gap in draw(st.lists(st.sampled_from(GAPS), max_size=4)):
        days.append(days[-1] + timedelta(days=gap))
    users = draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=3, unique=True))
    place = st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(PLATFORMS))
    return World(days, users, draw(st.lists(place, min_size=1, max_size=3, unique=True)))


@st.composite
def events(draw: st.DrawFn, world: World) -> Row:
    """A row of an export. What is NULL may as well be missing from the file, at either depth."""
    country, platform = draw(st.sampled_from(world.places))
    row: Row = {
        "event_date": f"{draw(st.sampled_from(world.days)):%Y%m%d}",
        "event_name": draw(st.sampled_from(EVENTS)),
        # Few timestamps, so that ties are many.
        "event_timestamp": draw(st.sampled_from([1, 2, 3, None])),
        "user_pseudo_id": draw(st.sampled_from(world.users)),
        "platform": platform,
        "geo": {"country": country},
    }
    if country is None:
        row["geo"] = draw(st.sampled_from([None, {}, {"city": "Ankara"}, {"country": None}]))
    if draw(st.booleans()):
        row = {name: value for name, value in row.items() if value is not None}
    return row


@st.composite
def logs(draw: st.DrawFn, world: World, *, max_size: int = 14) -> list[Row]:
    """The rows of one delivery; some of them come twice."""
    rows = draw(st.lists(events(world), min_size=1, max_size=max_size))
    return rows + [row for row in rows if draw(st.integers(0, 5)) == 0]


@st.composite
def files(draw: st.DrawFn, rows: list[Row]) -> Mapping[str, list[Row]]:
    """The rows in up to three files, of any format, days mixed."""
    number = draw(st.integers(1, 3))
    parts = [rows[start::number] for start in range(number)]
    return {f"{n}{draw(st.sampled_from(SUFFIXES))}": part for n, part in enumerate(parts) if part}
