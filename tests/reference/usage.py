"""What was done in the app, how often and by how many."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from tests.reference.exports import Event
from tests.reference.log import Key, Log, Table, row

OTHER = "(other)"
USAGE = ("events", "users")


def events(log: Log) -> Table:
    """Product events by day, place and version."""
    product = [e for e in log.events if e.name not in log.definitions.excluded_events]
    table: Table = {}
    for e in product:
        row(table, (e.day, e.name, *e.dimensions, e.app_version), USAGE)["events"] += 1
    # A user counts once a day and event: where, and with which version, it did that last.
    for e in last_of_each_user(product, lambda e: (e.day, e.name), lambda e: (*e.dimensions, e.app_version)):
        table[e.day, e.name, *e.dimensions, e.app_version]["users"] += 1
    return table


def events_by_place(log: Log) -> Table:
    """Product events by day and place, whatever the version."""
    return _without(events(log), lambda day, name, country, platform, version: (day, name, country, platform))


def events_by_version(log: Log) -> Table:
    """Product events by day, platform and version, wherever."""
    return _without(events(log), lambda day, name, country, platform, version: (day, name, platform, version))


def versions(log: Log) -> Table:
    """How often anything happened in each version; of users, only the ones of one event can be told."""
    table: Table = {}
    for e in log.events:
        if e.name not in log.definitions.excluded_events:
            row(table, (e.day, e.app_version), ["events"])["events"] += 1
    return table


def places(log: Log) -> Table:
    """How often anything happened in each place."""
    table: Table = {}
    for e in log.events:
        if e.name not in log.definitions.excluded_events:
            row(table, (e.day, *e.dimensions), ["events"])["events"] += 1
    return table


def _without(table: Table, shorter: Callable[..., Key]) -> Table:
    found: Table = {}
    for key, cells in table.items():
        total = row(found, shorter(*key), USAGE)
        for column in USAGE:
            total[column] += cells[column]
    return found


class Use(NamedTuple):
    """A value of a listed parameter of an event."""

    day: date
    name: str
    key: str
    value: str


def event_params(log: Log) -> Table:
    """Values of the listed parameters by day and place; an event counts once for each value that it has."""
    names = names_of_values(log)
    uses: dict[Use, list[Event]] = {}
    for e in log.events:
        for key, value in e.params:
            uses.setdefault(Use(e.day, e.name, key, names[e.day, e.name, key][value]), []).append(e)
    table: Table = {}
    for use, its_events in uses.items():
        for e in its_events:
            row(table, (*use, *e.dimensions), USAGE)["events"] += 1
        for e in last_of_each_user(its_events, lambda _: (), lambda e: e.dimensions):
            table[*use, *e.dimensions]["users"] += 1
    return table


def param_values(log: Log) -> Table:
    """Values of the listed parameters by day and platform, wherever."""
    return _without(
        event_params(log), lambda day, name, key, value, country, platform: (day, name, key, value, platform)
    )


def param_places(log: Log) -> Table:
    """How often each listed parameter was used in each place, whatever its value."""
    table: Table = {}
    for e in log.events:
        for key, _ in e.params:
            row(table, (e.day, e.name, key, *e.dimensions), ["events"])["events"] += 1
    return table


def names_of_values(log: Log) -> dict[Key, dict[str, str]]:
    """By day, event and key: under which name each value is reported, its own or `(other)`."""
    tops = {(name, key): top for name, key, top in log.definitions.event_params}
    counted: dict[Key, dict[str, int]] = {}
    for e in log.events:
        for key, value in e.params:
            values = counted.setdefault((e.day, e.name, key), {})
            values[value] = values.get(value, 0) + 1
    found: dict[Key, dict[str, str]] = {}
    for (day, name, key), values in counted.items():
        ranked = sorted(values, key=lambda value: (-values[value], value.encode()))
        named = ranked[: tops[name, key]]
        found[day, name, key] = {value: value if value in named else OTHER for value in values}
    return found


def last_of_each_user(
    all_events: Iterable[Event], group: Callable[[Event], Key], where: Callable[[Event], Iterable[str]]
) -> list[Event]:
    """The last event of each user in each group: by timestamp (none is the smallest), then by the larger place."""

    def recency(e: Event) -> tuple[bool, int, list[bytes]]:
        return e.timestamp is not None, e.timestamp or 0, [text.encode() for text in where(e)]

    last: dict[Key, Event] = {}
    for e in all_events:
        if e.user is not None:
            key = (e.user, *group(e))
            if key not in last or recency(e) > recency(last[key]):
                last[key] = e
    return list(last.values())
