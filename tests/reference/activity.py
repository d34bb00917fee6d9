"""Who used the app: today, this week, this month, against the week before, and how long after the first day."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from tests.reference.log import Key, Log, Table, days_before, latest_within, row

ACTIVE_USERS = ("dau", "wau", "mau", "new_users")
DAILY_REPORT = (*ACTIVE_USERS, "takes")
GROWTH = ("new_users_7d", "retained", "resurrected", "churned")
RETENTION = ("cohort_users", "active_users")


def active_users(log: Log) -> Table:
    """Distinct users of the day, of 7 and of `mau_days` days, each under the latest active day of that window."""
    table: Table = {}
    for day in log.days:
        for active in log.active_days.values():
            for column, length in (("dau", 1), ("wau", 7), ("mau", log.definitions.mau_days)):
                latest = latest_within(active, day, length)
                if latest is not None:
                    row(table, (day, *active[latest]), ACTIVE_USERS)[column] += 1
            if min(active) == day:
                row(table, (day, *active[day]), ACTIVE_USERS)["new_users"] += 1
    return table


def takes(log: Log) -> Counter[Key]:
    """How often a picture was taken, by the events' own dimensions, whoever took it."""
    return Counter((e.day, *e.dimensions) for e in log.events if e.name in log.definitions.take_events)


def daily_report(log: Log) -> Table:
    """The morning table: each figure beside the same country's and platform's of yesterday and a week ago."""
    figures = active_users(log)
    for key, number in takes(log).items():
        row(figures, key, ACTIVE_USERS)["takes"] = number
    figures = {key: {column: cells.get(column, 0) for column in DAILY_REPORT} for key, cells in figures.items()}

    table: Table = {}
    for day in log.days:
        compared = {"": day, "_prev_day": days_before(day, 1), "_prev_week": days_before(day, 7)}
        places = {(country, platform) for (then, country, platform) in figures if then in compared.values()}
        for place in places:
            table[day, *place] = {
                column + suffix: figures.get((then, *place), {}).get(column, 0) if then in log.days else None
                for column in DAILY_REPORT
                for suffix, then in compared.items()
            }
    return table


def active_users_by_country(log: Log) -> Table:
    """Distinct users by day and country, on whatever platform."""
    return _added_up(active_users(log), lambda day, country, platform: (day, country))


def daily_report_by_country(log: Log) -> Table:
    """The morning table without platforms."""
    return _added_up(daily_report(log), lambda day, country, platform: (day, country))


def daily_report_by_platform(log: Log) -> Table:
    """The morning table without countries."""
    return _added_up(daily_report(log), lambda day, country, platform: (day, platform))


def _added_up(table: Table, shorter: Callable[..., Key]) -> Table:
    """The cells of each shorter key together; none known is not zero."""
    found: Table = {}
    for key, cells in table.items():
        total = found.setdefault(shorter(*key), dict.fromkeys(cells))
        for column, value in cells.items():
            if value is not None:
                total[column] = (total[column] or 0) + value
    return found


def growth(log: Log) -> Table:
    """The 7 days that end with the day against the 7 before: who came, who stayed, who came back, who left."""
    table: Table = {}
    for day in log.days:
        for active in log.active_days.values():
            this_week = latest_within(active, day, 7)
            week_before = latest_within(active, days_before(day, 7), 7)
            if this_week is not None:
                if min(active) > days_before(day, 7):
                    column = "new_users_7d"
                else:
                    column = "resurrected" if week_before is None else "retained"
                row(table, (day, *active[this_week]), GROWTH)[column] += 1
            elif week_before is not None:
                row(table, (day, *active[week_before]), GROWTH)["churned"] += 1
    return table


def growth_by_platform(log: Log) -> Table:
    """The weeks against each other without countries."""
    return _added_up(growth(log), lambda day, country, platform: (day, platform))


def retention(log: Log) -> Table:
    """Of those who came on a day, how many were active n days later, as far as that day is loaded."""
    table: Table = {}
    for active in log.active_days.values():
        cohort = min(active)
        for n in log.definitions.retention_days:
            then = cohort + timedelta(days=n)
            if then in log.days:
                cell = row(table, (cohort, n, *active[cohort]), RETENTION)
                # The day itself is kept beside it, for the loader's own use.
                cell["date"] = then
                cell["cohort_users"] += 1
                cell["active_users"] += then in active
    return table
