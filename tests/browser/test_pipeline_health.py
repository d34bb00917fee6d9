"""The page that says whether the figures are fresh, complete and right, as an employee sees it."""

from __future__ import annotations

from playwright.sync_api import Browser

from settings.environment import Environment
from tests.browser.reports import Reports
from tests.browser.superset import PHONE, SupersetPage

SLUG = "pipeline-health"
BROKEN = "Checks that failed or warned, newest first"
RESTATED = "Restatements: days delivered again, and how many days they reached"
CHARTS = [
    "Data as of, by source",
    "Last load",
    BROKEN,
    "Checks of the last load, by report",
    "Seconds of the last 30 loads, by step",
    "Loads, newest first",
    RESTATED,
    "Days that are partial or may still change",
    "Bytes and dollars by day",
    "Bytes and dollars by month",
]
# What stands there instead of an empty table; Superset's own words are hidden.
EMPTY = {
    BROKEN: "No check has failed or warned.",
    RESTATED: "No source has delivered a day again yet.",
    "Days that are partial or may still change": "Every loaded day is complete and final.",
}


def empty(reports: Reports) -> set[str]:
    """The charts that have nothing to show, as MySQL says."""
    found = {
        BROKEN: "SELECT COUNT(*) FROM checks WHERE status <> 'passed'",
        RESTATED: "SELECT COUNT(*) FROM loads WHERE reason = 'restated at the source'",
        "Days that are partial or may still change": (
            "SELECT COUNT(*) FROM days WHERE modified_at IS NULL OR final_at > UTC_TIMESTAMP()"
        ),
    }
    return {name for name, sql in found.items() if not reports.value(sql)}


def test_the_demo_violates_no_check(reports: Reports) -> None:
    # Later loads may have brought other things.
    demo = "run = (SELECT run FROM loads ORDER BY id LIMIT 1)"
    assert reports.rows(f"SELECT report, `check`, message FROM checks WHERE {demo} AND status <> 'passed'") == []
    assert reports.value(f"SELECT COUNT(DISTINCT report) FROM checks WHERE {demo} AND status = 'passed'") == 6


def test_every_chart_shows_something_or_says_why_not(employee: SupersetPage, reports: Reports) -> None:
    assert employee.chart_names() == CHARTS
    assert employee.chart_faults().keys() == empty(reports)
    for name in empty(reports):
        description = employee.chart(name).locator(".ant-empty-description")
        said = description.evaluate("element => getComputedStyle(element, '::after').content")
        assert EMPTY[name] in said
        assert description.evaluate("element => getComputedStyle(element).fontSize") == "0px"
    assert employee.faults == []


def test_each_source_says_how_far_it_goes(employee: SupersetPage, reports: Reports) -> None:
    rows = employee.table("Data as of, by source")
    found = reports.rows("SELECT source, MAX(date) FROM days WHERE modified_at IS NOT NULL GROUP BY source ORDER BY 1")
    assert [(row["Source"], row["Day"]) for row in rows] == [
        (source, f"{day:%a} {day.day} {day:%b %Y}") for source, day in found
    ]


def test_the_last_load_is_the_ledger_s(employee: SupersetPage, reports: Reports) -> None:
    started, rows = reports.row(
        "SELECT MIN(started_at), SUM(CASE WHEN step = 'store' THEN `rows` END) FROM loads "
        "WHERE run = (SELECT run FROM loads ORDER BY id DESC LIMIT 1)"
    )
    [row] = employee.table("Last load")
    assert (row["Started (UTC)"], row["Outcome"]) == (f"{started:%Y-%m-%d %H:%M:%S}", "Done")
    assert row["Rows"] == f"{int(rows):,}"


def test_the_checks_of_the_last_load_are_counted(employee: SupersetPage, reports: Reports) -> None:
    found = dict(
        reports.rows(
            "SELECT report, SUM(status = 'passed') FROM checks "
            "WHERE run = (SELECT run FROM checks ORDER BY id DESC LIMIT 1) GROUP BY report"
        )
    )
    rows = employee.table("Checks of the last load, by report")
    assert {row["Report"]: int(row["Passed"]) for row in rows} == found


def test_the_embedded_warehouse_bills_nothing(employee: SupersetPage) -> None:
    for name in ("Bytes and dollars by day", "Bytes and dollars by month"):
        assert {(row["Bytes billed"], row["US dollars"]) for row in employee.table(name)} == {("0", "0.00")}


def test_a_phone_shows_the_same_page_without_scrolling_sideways(browser: Browser, environment: Environment) -> None:
    phone = SupersetPage.sign_in(
        browser, environment.superset_url, "employee", environment.employee_password, viewport=PHONE
    )
    phone.open_dashboard(SLUG)
    assert phone.chart_names() == CHARTS
    phone.require_room()
    phone.page.context.close()
