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
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from benchmarks.figures import Figure
from benchmarks.generated_rows import Size, fill
from benchmarks.own_servers import own_superset
from loaders.catalog import Catalog, load_catalog
from loaders.metrics import load_metrics
from loaders.store.connection import MySQL, connected
from settings.environment import PROJECT, Environment
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
)
# Enough to draw every chart; what a chart asks does not depend on how much there is.
SMALL = Size(
    days=120, countries=6, platforms=3, event_days=120, event_countries=4, events=6, versions=3, values=4, day_ns=31
)
# In milliseconds, for every statement of a dashboard.
_BOUNDS = {"daily-report": 100, "growth": 100}
_OTHER_BOUND = 1_000
_RUNS = 5


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
            with connected(environment, "reader") as reader:
                milliseconds = {query: _time(reader, query.sql) for query in queries}
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sizes = [Figure("charts", f"rows of {name}", rows[name], "rows") for name in ("active_users", "events")]
    return sizes + [figure for slug in _slugs() for figure in _figures(slug, milliseconds)]


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


def _time(connection: MySQL, sql: str) -> float:
    """The median of some runs, in milliseconds, after one that warms up."""
    taken = []
    for _ in range(1 + _RUNS):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken[1:])


def _figures(slug: str, milliseconds: dict[ChartQuery, float]) -> Iterable[Figure]:
    bound = f"≤ {_BOUNDS.get(slug, _OTHER_BOUND)}"
    taken = {query.chart: value for query, value in milliseconds.items() if query.dashboard == slug}
    yield from _summary(slug, list(taken.values()), bound)
    for chart, value in sorted(taken.items(), key=lambda item: -item[1]):
        yield Figure("charts", f"{slug}: {chart}", value, "ms", bound=bound)


def _summary(slug: str, taken: Sequence[float], bound: str) -> Iterable[Figure]:
    yield Figure("charts", f"{slug}: the slowest", max(taken), "ms", bound=bound)
    yield Figure("charts", f"{slug}: the median", statistics.median(taken), "ms")
