"""The rows of both exports, as they stand in their files, read into the same events."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from math import isnan
from typing import Any, NamedTuple

from tests.reference.definitions import Definitions

UNKNOWN = "(unknown)"
LONGEST_VALUE = 255

Row = Mapping[str, Any]
# What each source has delivered, by the source's name.
Exports = Mapping[str, Iterable[Row]]


class Dimensions(NamedTuple):
    """Where a user or an event is counted."""

    country: str
    platform: str

    def in_bytes(self) -> tuple[bytes, bytes]:
        """Order by bytes, which is what "the larger (country, platform)" means."""
        return self.country.encode(), self.platform.encode()


class Event(NamedTuple):
    """One event of an export, its dimensions normalised. `user` is None where the event has no key."""

    source: str
    day: date
    timestamp: int | None
    name: str
    user: str | None
    dimensions: Dimensions
    app_version: str
    # The listed keys that the event has, with each of their values once.
    params: frozenset[tuple[str, str]]


def events_of(source: str, row: Row, definitions: Definitions) -> Iterator[Event]:
    """The events of an export's row: a row of today's schema is an event, one of 2017 is a bundle of them."""
    if "user_dim" in row or "event_dim" in row:
        yield from bundle(source, row, definitions)
    else:
        yield event(source, row, definitions)


def event(source: str, row: Row, definitions: Definitions) -> Event:
    """Read a row of a GA4 export; a field that it lacks is NULL."""
    return Event(
        source=source,
        day=event_day(row["event_date"]),
        timestamp=row.get("event_timestamp"),
        name=known(row.get("event_name")),
        user=row.get("user_pseudo_id") or None,
        dimensions=Dimensions(
            country=country_name((row.get("geo") or {}).get("country"), definitions),
            platform=known((row.get("platform") or "").upper()),
        ),
        app_version=known((row.get("app_info") or {}).get("version")),
        params=listed_params(known(row.get("event_name")), row.get("event_params"), definitions),
    )


def bundle(source: str, row: Row, definitions: Definitions) -> Iterator[Event]:
    """Read a row of the Firebase export of 2017: one user and place, and events each of its own day."""
    user = row.get("user_dim") or {}
    app = user.get("app_info") or {}
    for one in row.get("event_dim") or ():
        yield Event(
            source=source,
            day=event_day(one["date"]),
            timestamp=one.get("timestamp_micros"),
            name=known(one.get("name")),
            user=app.get("app_instance_id") or None,
            dimensions=Dimensions(
                country=country_name((user.get("geo_info") or {}).get("country"), definitions),
                platform=known((app.get("app_platform") or "").upper()),
            ),
            app_version=known(app.get("app_version")),
            params=listed_params(known(one.get("name")), one.get("params"), definitions),
        )


def event_day(text: str) -> date:
    """The export's own day, never one that is derived from a timestamp."""
    return datetime.strptime(text, "%Y%m%d").date()


def known(value: str | None) -> str:
    """Trim on the right; what is NULL or then empty is `(unknown)`."""
    return (value or "").rstrip(" ") or UNKNOWN


def country_name(value: str | None, definitions: Definitions) -> str:
    """The country's name of today."""
    return dict(definitions.country_aliases).get(known(value), known(value))


def listed_params(name: str, params: Iterable[Row] | None, definitions: Definitions) -> frozenset[tuple[str, str]]:
    """The parameters of the event that metrics.yaml lists for it; whatever else they hold is nobody's business."""
    listed = {key for event_name, key, _ in definitions.event_params if event_name == name}
    return frozenset((param["key"], text_of(param.get("value"))) for param in params or () if param["key"] in listed)


def text_of(value: Row | None) -> str:
    """A parameter's value as text, whatever its type, trimmed and cut."""
    kinds = ("string_value", "int_value", "double_value", "float_value")
    given = next((v for kind in kinds if (v := (value or {}).get(kind)) is not None), None)
    if isinstance(given, float):
        given = number_text(given)
    return known(known(None if given is None else str(given))[:LONGEST_VALUE])


def number_text(number: float) -> str:
    """A whole number without decimals where INT64 has it; else 15 digits where they say the number, or 17."""
    if number.is_integer() and -(2**63) <= number < 2**63:
        return str(int(number))
    short = f"{number:.15g}"
    return short if float(short) == number or isnan(number) else f"{number:.17g}"
