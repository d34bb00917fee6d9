"""What the dashboards ask MySQL: by keys, never all of a large table, and of rollups what the reports would answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.generated_rows import Size, fill
from loaders.store.connection import MySQL, connected
from settings.environment import PROJECT
from superset_sync.assets import read_assets
from tests import definitions
from tests.browser.chart_queries import ChartQuery, queries_of
from tests.browser.reports import Reports
from tests.browser.superset import SupersetPage, open_browser
from tests.conftest import Stack
from tests.loaders.store.conftest import drop_all

LAST_DAY = dt.date(2026, 10, 31)
# Small enough to be made quickly, large enough for MySQL to choose as it does in life.
SIZE = Size(
    days=220, countries=40, platforms=3, event_days=220, event_countries=10, events=20, versions=4, values=8, day_ns=31
)
LARGE = 10_000
SLUGS = [str(dashboard.content["slug"]) for dashboard in read_assets(PROJECT).dashboards]
ROLLUPS = {table.name: table.rollup_of for table in definitions.catalog().reports if table.rollup_of}


@pytest.fixture(scope="module")
def page(stack: Stack) -> Iterator[SupersetPage]:
    environment = stack.environment
    with open_browser() as browser:
        yield SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)


@pytest.fixture(scope="module")
def queries(page: SupersetPage) -> list[ChartQuery]:
    return [query for slug in SLUGS for query in queries_of(page, slug)]


@pytest.fixture(scope="module")
def reports(stack: Stack) -> Iterator[Reports]:
    reports = Reports(stack.environment)
    yield reports
    reports.close()


@pytest.fixture(scope="module")
def filled(store: Stack) -> Iterator[MySQL]:
    """A store with larger tables than a demo's."""
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
        fill(connection, definitions.catalog(), SIZE, LAST_DAY)
        yield connection
        drop_all(connection)


def test_every_chart_and_every_list_of_a_filter_is_asked(queries: list[ChartQuery]) -> None:
    charts = {(query.dashboard, query.chart) for query in queries}
    assets = read_assets(PROJECT)
    titles = {chart.uuid: chart.content["slice_name"] for chart in assets.charts}
    for dashboard in assets.dashboards:
        slug = dashboard.content["slug"]
        for part in dashboard.content["position"].values():
            if isinstance(part, dict) and part.get("type") == "CHART":
                assert (slug, titles[part["meta"]["uuid"]]) in charts
        for item in dashboard.content["metadata"]["native_filter_configuration"]:
            for target in item["targets"]:
                if target:
                    assert (slug, f"filter {target['column']['name']}") in charts


def whole_reads(connection: MySQL, sql: str) -> set[str]:
    """The large tables of which a statement reads every row, of the table or of one of its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql.rstrip().rstrip(';')}")
        names = [column[0] for column in cursor.description]
        plan = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    # MySQL calls a table by its alias, and results in between <derived2>.
    aliases: dict[str, set[str]] = {}
    for name, alias in re.findall(r"(?:FROM|JOIN) (\w+)(?: AS (\w+))?", sql):
        aliases.setdefault(alias or name, set()).add(name)
    return {
        " or ".join(sorted(aliases[step["table"]]))
        for step in plan
        if step["type"] in {"ALL", "index"} and step["table"] in aliases and int(step["rows"]) > LARGE
    }


def test_no_chart_reads_a_large_table_from_end_to_end(filled: MySQL, queries: list[ChartQuery]) -> None:
    found = [
        f"{query.dashboard}: {query.chart} reads all of {table}"
        for query in queries
        for table in sorted(whole_reads(filled, query.sql))
    ]
    assert found == []


def test_a_statement_that_does_is_noticed(filled: MySQL) -> None:
    assert whole_reads(filled, "SELECT SUM(report.events) FROM events AS report;") == {"events"}
    assert whole_reads(filled, "SELECT country, COUNT(*) FROM events GROUP BY country") == {"events"}
    assert whole_reads(filled, "SELECT SUM(events) FROM events WHERE date = '2026-10-31'") == set()


def from_the_report(sql: str) -> str:
    """The statement with every rollup replaced by the report that it stands for."""
    return re.sub(r"(?<=\bFROM )\w+", lambda match: ROLLUPS.get(match[0]) or match[0], sql)


def test_what_a_rollup_answers_is_what_the_report_answers(queries: list[ChartQuery], reports: Reports) -> None:
    from_rollups = [query for query in queries if from_the_report(query.sql) != query.sql]
    assert {query.dashboard for query in from_rollups} >= {"daily-report", "events", "growth"}
    for query in from_rollups:
        sql = query.sql.rstrip().rstrip(";").replace("%", "%%")
        rows, expected = reports.rows(sql), reports.rows(from_the_report(sql))
        assert rows, query.chart
        # Without an ORDER BY, rows come in any order.
        assert sorted(map(str, rows)) == sorted(map(str, expected)), query.chart


def chart_data(page: SupersetPage, columns: list[str], **query: Any) -> dict[str, Any]:
    """What Superset answers when it is asked for events by these columns."""
    status, answer = page.request("GET", "/api/v1/dataset/?q=(columns:!(id,table_name),page_size:100)")
    assert status == 200, answer
    [dataset] = [item["id"] for item in answer["result"] if item["table_name"] == "events"]
    body = {
        "datasource": {"id": dataset, "type": "table"},
        "force": True,
        "queries": [{"columns": columns, "metrics": ["event_count"], "row_limit": 10_000, **query}],
        "result_format": "json",
        "result_type": "full",
    }
    status, answer = page.request("POST", "/api/v1/chart/data", body)
    assert status == 200, answer
    result: dict[str, Any] = answer["result"][0]
    return result


COUNTRIES = "SELECT country, SUM(events) FROM events {} GROUP BY country"


def test_countries_of_all_versions_come_from_the_rollup(page: SupersetPage, reports: Reports) -> None:
    result = chart_data(page, ["country"])
    assert "FROM places AS report" in result["query"]
    assert {row["country"]: row["event_count"] for row in result["data"]} == dict(reports.rows(COUNTRIES.format("")))


@pytest.mark.parametrize(
    "how",
    [
        lambda version: {"filters": [{"col": "app_version", "op": "IN", "val": [version]}]},
        lambda version: {"filters": [{"col": "app_version", "op": "==", "val": version}]},
        lambda version: {"extras": {"where": f"(app_version = '{version}')"}},
    ],
    ids=["a filter of the dashboard", "a click on another chart", "somebody's own SQL"],
)
def test_countries_of_one_version_come_from_the_report(
    page: SupersetPage, reports: Reports, how: Callable[[str], dict[str, Any]]
) -> None:
    version = reports.value("SELECT MAX(app_version) FROM events")
    result = chart_data(page, ["country"], **how(version))
    assert "FROM events AS report" in result["query"]
    expected = dict(reports.rows(COUNTRIES.format("WHERE app_version = %s"), version))
    assert {row["country"]: row["event_count"] for row in result["data"]} == expected
    assert expected != dict(reports.rows(COUNTRIES.format("")))


def test_single_rows_are_the_report_s(page: SupersetPage) -> None:
    result = chart_data(page, ["date", "country", "events"], metrics=None, row_limit=5)
    assert "FROM events AS report" in result["query"]


def test_how_many_rows_there_are_is_asked_of_the_report(page: SupersetPage, reports: Reports) -> None:
    count = {"expressionType": "SQL", "sqlExpression": "COUNT(*)", "label": "n"}
    result = chart_data(page, ["platform"], metrics=[count])
    assert sum(row["n"] for row in result["data"]) == reports.value("SELECT COUNT(*) FROM events")
