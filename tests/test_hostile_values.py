"""Hostile values on the whole way: export file, warehouse, MySQL, command line, Superset, and a page in a browser."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.superset import TIMEOUT_MS, SupersetPage, open_browser
from tests.conftest import GROUNDUP, Stack
from tests.hostile import TEXTS

# The day after the demo's last, so that nothing else is computed anew, and little when it goes again.
DAY = dt.date(2026, 11, 1)
VALUES = sorted({text.rstrip(" ") for text in TEXTS if text.rstrip(" ")})
SOURCE = "hostile"
AT_ONCE = 10
# One event for all, whose parameter is reported without a cap.
COMMON = "apply_filter"


def export_line(number: int, name: str, **more: Any) -> str:
    event = {"event_date": f"{DAY:%Y%m%d}", "event_timestamp": number, "event_name": name}
    return json.dumps({**event, "user_pseudo_id": f"{number}\0\\{name}", **more}) + "\n"


@pytest.fixture(scope="module")
def hostile(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, with an event of every hostile value in every place that a report shows."""
    path = tmp_path_factory.mktemp("hostile") / "events.ndjson"
    with path.open("w") as file:
        for number, value in enumerate(VALUES):
            place = {"platform": value, "geo": {"country": value}, "app_info": {"version": value}}
            parameter = {"key": "filter_name", "value": {"string_value": value}}
            file.write(export_line(number, value, **place))
            file.write(export_line(number, COMMON, **place, event_params=[parameter]))
    stack.run("ingest", str(path), "--source", SOURCE, "--schema", "ga4", "--timezone", "UTC")
    stack.run("load")
    yield stack
    stack.run("ingest", "--remove", "--source", SOURCE)
    stack.run("load")


@pytest.fixture(scope="module")
def employee(hostile: Stack) -> Iterator[SupersetPage]:
    environment = hostile.environment
    with open_browser() as browser:
        yield SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)


def number_of(page: SupersetPage, kind: str, name: str) -> int:
    column = {"dataset": "table_name", "chart": "slice_name"}[kind]
    _, body = page.request("GET", f"/api/v1/{kind}/?q=(page_size:100)")
    return next(int(item["id"]) for item in body["result"] if item[column] == name)


def answers(page: SupersetPage, dataset: str, queries: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What Superset answers, a list of rows a query; a few go in one request, which a busy machine answers in time."""
    same = {"time_range": f"{DAY} : {DAY + dt.timedelta(days=1)}", "granularity": "date", "row_limit": 1000}
    source = {"id": number_of(page, "dataset", dataset), "type": "table"}
    found: list[list[dict[str, Any]]] = []
    for start in range(0, len(queries), AT_ONCE):
        some = [{**same, **query} for query in queries[start : start + AT_ONCE]]
        body = {"datasource": source, "queries": some, "result_format": "json", "result_type": "full"}
        status, answer = page.request("POST", "/api/v1/chart/data", body)
        assert status == 200, answer
        found += [result["data"] for result in answer["result"]]
    return found


def asked(stack: Stack, query: str, written: str) -> str:
    command = [GROUNDUP, "sql", query, "--format", written]
    done = subprocess.run(command, env=stack.shell_variables, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def test_the_command_line_gives_every_value_as_it_was(hostile: Stack) -> None:
    # Whoever was there in the weeks before counts on in the window, without a user that day.
    places = {
        ("events", "event_name"): "events > 0",
        ("events", "country"): "events > 0",
        ("events", "app_version"): "events > 0",
        ("event_params", "param_value"): "events > 0",
        ("active_users", "country"): "dau > 0",
        ("active_users", "platform"): "dau > 0",
    }
    query = " UNION ALL ".join(
        f"SELECT DISTINCT '{table}.{column}' AS place, `{column}` AS value FROM `{table}` "
        f"WHERE date = '{DAY}' AND {that_day}"
        for (table, column), that_day in places.items()
    )
    expected = {f"{table}.{column}": VALUES for table, column in places}
    expected["events.event_name"] = sorted({*VALUES, COMMON})
    expected["active_users.platform"] = sorted({value.upper() for value in VALUES})
    from_json = [(row["place"], row["value"]) for row in json.loads(asked(hostile, query, "json"))]
    from_csv = [tuple(row) for row in csv.reader(io.StringIO(asked(hostile, query, "csv"), newline=""))][1:]
    assert sorted(from_json) == sorted((place, value) for place, values in expected.items() for value in values)
    assert sorted(from_csv) == sorted(from_json)


@pytest.mark.parametrize(
    ("dataset", "column", "metric"),
    [
        ("events", "event_name", "event_count"),
        ("event_params", "param_value", "use_count"),
    ],
)
def test_superset_groups_by_every_value_and_filters_by_each(
    employee: SupersetPage, dataset: str, column: str, metric: str
) -> None:
    figures = {"columns": [column], "metrics": [metric]}
    only = [{"col": "event_name", "op": "!=", "val": COMMON}] if column == "event_name" else []
    [everything] = answers(employee, dataset, [{**figures, "filters": only}])
    counts = {row[column]: row[metric] for row in everything}
    assert sorted(counts) == VALUES
    queries = [{**figures, "filters": [{"col": column, "op": "IN", "val": [value]}]} for value in VALUES]
    found = answers(employee, dataset, queries)
    assert [[(row[column], row[metric]) for row in rows] for rows in found] == [[(v, counts[v])] for v in VALUES]


def open_chart(page: SupersetPage, dataset: str, params: dict[str, Any]) -> None:
    """A chart of the hostile day, as somebody sees it who explores the data."""
    that_day = {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": "date",
        "operator": "TEMPORAL_RANGE",
        "comparator": f"{DAY} : {DAY + dt.timedelta(days=1)}",
    }
    number = number_of(page, "dataset", dataset)
    form_data = {**params, "datasource": f"{number}__table", "row_limit": 1000, "adhoc_filters": [that_day]}
    body = {"datasource_id": number, "datasource_type": "table", "form_data": json.dumps(form_data)}
    status, kept = page.request("POST", "/api/v1/explore/form_data", body)
    assert status == 201, kept
    page.page.goto(f"{page.url}/explore/?form_data_key={kept['key']}")


def test_a_page_shows_markup_as_text_and_writing_from_right_to_left(employee: SupersetPage) -> None:
    """What a page cannot show, such as NUL, stands there as the browser draws it, which is nothing."""
    page = employee.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    params = {"viz_type": "table", "query_mode": "aggregate", "groupby": ["event_name"], "metrics": ["event_count"]}
    open_chart(employee, "events", {**params, "allow_render_html": False})
    for text in ("<script>alert(1)</script>", "שלום عالم", "👨‍👩‍👧‍👦", "🌈", "{{ 1+1 }}", "%(x)s", "한국", "a'b\"c\\d"):
        expect(page.locator("td", has_text=text).first).to_be_visible(timeout=TIMEOUT_MS)
    assert dialogs == []
    # A page that writes from the right keeps its place: the figure stays in its own column.
    row = page.locator("tr", has=page.locator("td", has_text="שלום عالم")).first
    assert row.locator("td").last.inner_text().strip() == "1"


def test_a_table_of_links_shows_markup_as_text_too(employee: SupersetPage) -> None:
    page = employee.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    number = number_of(employee, "chart", "Countries: new users")
    _, body = employee.request("GET", f"/api/v1/chart/{number}")
    open_chart(employee, "active_users", json.loads(body["result"]["params"]))
    for text in ("<script>alert(1)</script>", "<b>bold</b> &lt;", "a'b\"c\\d"):
        row = page.locator("tr", has=page.locator("td", has_text=text)).first
        expect(row).to_be_visible(timeout=TIMEOUT_MS)
        expect(row.locator("a", has_text="Its events")).to_be_visible()
    assert dialogs == []
