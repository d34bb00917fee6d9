"""What holds between figures on any data, whatever the figures are: each is counted here in the simplest way."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.reference import Log

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
WEEK = timedelta(days=7)


def violations(tables: Tables, log: Log) -> list[str]:
    """A line for each identity that the reports' rows violate; `log` says what there was to count."""
    return [f"{rule.__doc__} Not so: {line}" for rule in RULES for line in rule(tables, log)]


def sums(rows: Sequence[Row], figure: str, *keys: str) -> dict[tuple[Any, ...], int]:
    """The figure summed by these keys."""
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in rows:
        found[tuple(row[key] for key in keys)] += row[figure]
    return {key: number for key, number in found.items() if number}


def apart(expected: Mapping[Any, Any], actual: Mapping[Any, Any]) -> Iterator[str]:
    """Where two sums differ; what is missing is 0."""
    for key in sorted(expected.keys() | actual.keys(), key=str):
        if expected.get(key, 0) != actual.get(key, 0):
            yield f"{key}: {expected.get(key, 0)} and {actual.get(key, 0)}"


PLACE = ("date", "country", "platform")


def windows_contain_each_other(tables: Tables, log: Log) -> Iterator[str]:
    """Dau ≤ wau ≤ mau in every row."""
    yield from (str(row) for row in tables["active_users"] if not 0 <= row["dau"] <= row["wau"] <= row["mau"])


def this_week(tables: Tables, log: Log) -> Iterator[str]:
    """Who was active this week is new, retained or resurrected, by country and platform."""
    parts: dict[Any, int] = defaultdict(int)
    for figure in ("new_users_7d", "retained", "resurrected"):
        for key, number in sums(tables["growth"], figure, *PLACE).items():
            parts[key] += number
    yield from apart(sums(tables["active_users"], "wau", *PLACE), parts)


def week_before(tables: Tables, log: Log) -> Iterator[str]:
    """Who was active the week before is retained or churned, in total."""
    wau = sums(tables["active_users"], "wau", "date")
    retained, churned = (sums(tables["growth"], figure, "date") for figure in ("retained", "churned"))
    for day in log.days:
        if day - WEEK in log.days:
            left, right = wau.get((day - WEEK,), 0), retained.get((day,), 0) + churned.get((day,), 0)
            if left != right:
                yield f"{day}: {left} and {right}"


def totals_of_activity(tables: Tables, log: Log) -> Iterator[str]:
    """Active users add over country and platform to the keys that were active in the window."""
    for figure, length in (("dau", 1), ("wau", 7), ("mau", log.definitions.mau_days)):
        active: dict[tuple[date], set[str]] = defaultdict(set)
        for user, days in log.active_days.items():
            for day in days:
                for n in range(length):
                    active[(day + timedelta(days=n),)].add(user)
        expected = {day: len(users) for day, users in active.items() if day[0] in log.days}
        yield from apart(expected, sums(tables["active_users"], figure, "date"))
        yield from apart(expected, sums(tables["daily_report"], figure, "date"))


def everybody_is_new_once(tables: Tables, log: Log) -> Iterator[str]:
    """New users over all days are the keys that were ever active, and so are the cohorts."""
    ever = len(log.active_days)
    for name, figure in (("active_users", "new_users"), ("daily_report", "new_users")):
        total = sum(row[figure] for row in tables[name])
        if total != ever:
            yield f"{name}: {total}, not {ever}"


def cohorts_are_the_new_users(tables: Tables, log: Log) -> Iterator[str]:
    """A cohort is the day's new users, by country and platform, in each of its cells."""
    new = sums(tables["active_users"], "new_users", *PLACE)
    for n in log.definitions.retention_days:
        cells = [row for row in tables["retention"] if row["day_n"] == n]
        expected = {key: users for key, users in new.items() if key[0] + timedelta(days=n) in log.days}
        yield from apart(expected, sums(cells, "cohort_users", "cohort_date", "country", "platform"))


def day_0_is_the_cohort(tables: Tables, log: Log) -> Iterator[str]:
    """On day 0 all of the cohort are active, and never more than all."""
    for row in tables["retention"]:
        if row["active_users"] > row["cohort_users"] or (
            row["day_n"] == 0 and row["active_users"] != row["cohort_users"]
        ):
            yield str(row)


def totals_of_events(tables: Tables, log: Log) -> Iterator[str]:
    """Events add over everything to the rows of the export, their users over places and versions to the keys."""
    found: dict[Any, int] = defaultdict(int)
    keys: dict[Any, set[str]] = defaultdict(set)
    for e in log.events:
        if e.name not in log.definitions.excluded_events:
            found[e.day, e.name] += 1
            keys[e.day, e.name] |= {e.user} if e.user else set()
    yield from apart(found, sums(tables["events"], "events", "date", "event_name"))
    yield from apart({key: len(k) for key, k in keys.items()}, sums(tables["events"], "users", "date", "event_name"))


def capping_changes_no_total(tables: Tables, log: Log) -> Iterator[str]:
    """Whatever the cap, the uses of a key add over its values to those of the export; no more values than it lets."""
    tops = {(name, key): top for name, key, top in log.definitions.event_params}
    found: dict[Any, int] = defaultdict(int)
    for e in log.events:
        for key, _ in e.params:
            found[e.day, e.name, key] += 1
    rows = tables["event_params"]
    yield from apart(found, sums(rows, "events", "date", "event_name", "param_key"))
    values: dict[Any, set[str]] = defaultdict(set)
    for row in rows:
        values[row["date"], row["event_name"], row["param_key"]].add(row["param_value"])
    for (day, name, key), named in values.items():
        top = tops[name, key]
        if top is not None and len(named - {"(other)"}) > top:
            yield f"{day}, {name}, {key}: {len(named)} values, at most {top} and the rest"


def users_of_a_value_count_once(tables: Tables, log: Log) -> Iterator[str]:
    """Users of a value add over country and platform to the keys that used it."""
    columns = ("date", "event_name", "param_key", "param_value")
    named = {tuple(row[column] for column in columns) for row in tables["event_params"]}
    keys: dict[Any, set[str]] = defaultdict(set)
    for e in log.events:
        for key, value in e.params:
            own = (e.day, e.name, key, value)
            keys[own if own in named else (*own[:3], "(other)")] |= {e.user} if e.user else set()
    yield from apart({key: len(k) for key, k in keys.items()}, sums(tables["event_params"], "users", *columns))


RULES: tuple[Callable[[Tables, Log], Iterator[str]], ...] = (
    windows_contain_each_other,
    this_week,
    week_before,
    totals_of_activity,
    everybody_is_new_once,
    cohorts_are_the_new_users,
    day_0_is_the_cohort,
    totals_of_events,
    capping_changes_no_total,
    users_of_a_value_count_once,
)
