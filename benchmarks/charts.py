"""How long MySQL takes for what the dashboards ask, on tables of the size that a big app has after two years.

The statements are Superset's own, taken from a browser that opens each dashboard as it comes; they are then put to
MySQL directly, warm, so that neither Superset's cache nor its own time counts.
"""

from __future__ import annotations

import datetime as dt
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from benchmarks.figures import Figure
from benchmarks.generated_rows import Size, fill
from benchmarks.own_servers import own_superset
from loaders.catalog import Catalog, load_catalog
from loaders.metrics import load_metrics
from loaders.store.connection import MySQL, connected
from settings.environment import PROJECT, Environment
from stack.places import places_of
from tests.browser.chart_queries import ChartQuery, queries_of
from tests.browser.superset import SupersetPage, open_browser

# Half a million rows by day, country and platform; 20 million by day, event, country, platform and version.
FULL = Size(
    days=730,
    countries=230,
    platforms=3,
    event_days=365,
    event_countries=60,
    events=100,
    versions=5,
    values=20,
    day_ns=31,
    ranked_days=90,
)
# Enough to draw every chart; what a chart asks does not depend on how much there is.
SMALL = Size(
    days=120,
    countries=6,
    platforms=3,
    event_days=120,
    event_countries=4,
    events=6,
    versions=3,
    values=4,
    day_ns=31,
    ranked_days=90,
)
# In milliseconds, for every statement of a dashboard.
_BOUNDS = {"daily-report": 100, "growth": 100}
_OTHER_BOUND = 1_000
_RUNS = 5


@dataclass(frozen=True)
class Taken:
    """What a statement took, in milliseconds: by the clock, and of MySQL's processors."""

    clock: float
    processor: float


def measure(workspace: Path) -> list[Figure]:
    """The milliseconds of each statement of each dashboard, and of the slowest one. Needs 8 GB of disk meanwhile."""
    home = workspace / "charts"
    shutil.rmtree(home, ignore_errors=True)
    catalog = load_catalog(load_metrics(PROJECT / "metrics.yaml"))
    last_day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    try:
        with own_superset(home) as environment, connected(environment, "loader") as connection:
            fill(connection, catalog, SMALL, last_day)
            queries = _queries(environment)
            rows = _refill(connection, catalog, last_day)
            server = psutil.Process(int((places_of(environment).mysql / "mysqld.pid").read_text()))
            with connected(environment, "reader") as reader:
                taken = {query: _time(reader, server, query.sql) for query in queries}
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sizes = [Figure("charts", f"rows of {name}", rows[name], "rows") for name in ("active_users", "events")]
    return sizes + [figure for slug in _slugs() for figure in _figures(slug, taken)]


def _slugs() -> list[str]:
    return [yaml.safe_load(path.read_text())["slug"] for path in sorted((PROJECT / "dashboards").glob("*.yaml"))]


def _queries(environment: Environment) -> list[ChartQuery]:
    with open_browser() as browser:
        page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
        return [query for slug in _slugs() for query in queries_of(page, slug)]


def _refill(connection: MySQL, catalog: Catalog, last_day: dt.date) -> dict[str, int]:
    sys.stderr.write("Filling the reports; this takes some minutes\n")
    with connection.cursor() as cursor:
        for table in catalog.reports:
            cursor.execute(f"TRUNCATE TABLE `{table.name}`")
    return fill(connection, catalog, FULL, last_day)


def _time(connection: MySQL, server: psutil.Process, sql: str) -> Taken:
    """The median of some runs, after one that warms up; MySQL's processor time is that of all of them, divided."""
    clock: list[float] = []
    _ask(connection, sql)
    used = sum(server.cpu_times()[:2])
    for _ in range(_RUNS):
        started = time.perf_counter()
        _ask(connection, sql)
        clock.append(time.perf_counter() - started)
    processor = (sum(server.cpu_times()[:2]) - used) / _RUNS
    return Taken(statistics.median(clock) * 1_000, processor * 1_000)


def _ask(connection: MySQL, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()


def _figures(slug: str, all_taken: Mapping[ChartQuery, Taken]) -> Iterator[Figure]:
    bound = f"≤ {_BOUNDS.get(slug, _OTHER_BOUND)}"
    taken = {query.chart: spent for query, spent in all_taken.items() if query.dashboard == slug}
    clock = [spent.clock for spent in taken.values()]
    yield Figure("charts", f"{slug}: the slowest", max(clock), "ms", bound=bound)
    yield Figure("charts", f"{slug}: the median", statistics.median(clock), "ms")
    processor = max(spent.processor for spent in taken.values())
    yield Figure("charts", f"{slug}: the most of MySQL's processor time", processor, "ms")
    for chart, spent in sorted(taken.items(), key=lambda item: -item[1].clock):
        yield Figure("charts", f"{slug}: {chart}", spent.clock, "ms", bound=bound)
