"""What anybody who reads MySQL may rely on at every moment: identities between its tables, checked from them alone."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests import definitions, identities
from tests.identities import PLACE, Tables, apart, sums

REPORTS = {table.name: table for table in definitions.catalog().reports}
TABLES = ("days", "slices", *REPORTS)


@dataclass(frozen=True)
class _Stored:
    """What the identities of a whole log ask of it, as far as the store itself says it."""

    days: frozenset[date]
    retention_days: frozenset[int]
    definitions: "_Stored" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "definitions", self)


def violations(tables: Tables) -> list[str]:
    """A line for each identity that does not hold between these rows, which one snapshot has given."""
    days = frozenset(row["date"] for row in tables["days"])
    stored = _Stored(days, frozenset(row["day_n"] for row in tables["retention"]))
    return [f"{rule.__doc__} Not so: {line}" for rule in SHARED for line in rule(tables, stored)] + [
        f"{rule.__doc__} Not so: {line}" for rule in OWN for line in rule(tables, days)
    ]


def daily_report_repeats_activity(tables: Tables, days: frozenset[date]) -> Iterator[str]:
    """The daily report has the figures of active_users: of the day, of the day before and of the week before."""
    # The day before the first one has no figure.
    report = [{name: 0 if value is None else value for name, value in row.items()} for row in tables["daily_report"]]
    for figure in ("dau", "wau", "mau", "new_users"):
        stored = sums(tables["active_users"], figure, *PLACE)
        for suffix, ago in (("", 0), ("_prev_day", 1), ("_prev_week", 7)):
            shifted = {(day + timedelta(days=ago), *place): number for (day, *place), number in stored.items()}
            expected = {key: number for key, number in shifted.items() if key[0] in days}
            yield from apart(expected, sums(report, figure + suffix, *PLACE))


def takes_are_events(tables: Tables, days: frozenset[date]) -> Iterator[str]:
    """The daily report counts the takes that the events report counts."""
    taken = [row for row in tables["events"] if row["event_name"] == "take_photo"]
    yield from apart(sums(taken, "events", *PLACE), sums(tables["daily_report"], "takes", *PLACE))


def rollups_are_the_sums_of_what_they_roll_up(tables: Tables, days: frozenset[date]) -> Iterator[str]:
    """A report with fewer keys has the sums of the one with all of them."""
    for name, table in REPORTS.items():
        if table.rollup_of:
            whole = REPORTS[table.rollup_of]
            dropped = set(whole.key) - set(table.key)
            own = {column.name for column in table.columns}
            for column in whole.columns:
                if column.name in own and column.additive_over and dropped <= set(column.additive_over):
                    parts = [{**row, column.name: row[column.name] or 0} for row in tables[whole.name]]
                    sums_of = [{**row, column.name: row[column.name] or 0} for row in tables[name]]
                    for line in apart(sums(parts, column.name, *table.key), sums(sums_of, column.name, *table.key)):
                        yield f"{name}.{column.name} at {line}"


def slices_are_whole(tables: Tables, days: frozenset[date]) -> Iterator[str]:
    """Every report has the slices of the calendar's days, each with as many rows as were written for it."""
    written: dict[str, dict[str, dict[date, int]]] = {}
    for row in tables["slices"]:
        written.setdefault(row["report"], {}).setdefault(row["declaration"], {})[row["date"]] = row["rows"]
    for report, table in REPORTS.items():
        found = Counter(row[table.partition] for row in tables[report])
        wanted = {day: found.get(day, 0) for day in days | found.keys()}
        # While a report is filled anew beside the one that is read, it has the slices of both declarations.
        if wanted not in written.get(report, {}).values():
            yield f"{report}: {dict(found)} rows on {sorted(days)}, but {written.get(report)}"


SHARED: tuple[Callable[..., Iterator[str]], ...] = (
    identities.windows_contain_each_other,
    identities.this_week,
    identities.week_before,
    identities.cohorts_are_the_new_users,
    identities.day_0_is_the_cohort,
)
OWN: tuple[Callable[[Tables, frozenset[date]], Iterator[str]], ...] = (
    daily_report_repeats_activity,
    takes_are_events,
    rollups_are_the_sums_of_what_they_roll_up,
    slices_are_whole,
)
