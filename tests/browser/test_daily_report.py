"""The page that the company opens every morning, as an employee and as an analyst sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from settings.environment import Environment
from tests.browser.reports import Reports
from tests.browser.superset import PHONE, SupersetPage

SLUG = "daily-report"
CHARTS = [
    "Data as of",
    "Active users in a day",
    "Active users in 7 days",
    "Active users in 28 days",
    "New users",
    "Day by day, against the day and the week before",
    "Active users in a day, in 7 and in 28 days",
    "Stickiness: monthly users who come on a given day",
    "Active users in a day, by platform",
    "Active users in a day, by country",
    "Countries on the last day",
    "Photos per active user in a day",
]
MORNING_TABLE = "Day by day, against the day and the week before"


@pytest.fixture(scope="module")
def analyst(browser: Browser, environment: Environment) -> Iterator[SupersetPage]:
    page = SupersetPage.sign_in(browser, environment.superset_url, "analyst", environment.analyst_password)
    yield page
    page.page.context.close()


def written(figure: Any) -> str:
    """A whole number as the page writes it."""
    return f"{int(figure):,}"


def change(now: Any, before: Any) -> str:
    """A change as the page writes it: signed, in percent, a true minus; N/A where there is nothing to compare with."""
    if not before:
        return "N/A"
    return f"{float(now) / float(before) - 1:+.1%}".replace("-", "−")


def managed(page: SupersetPage, kind: str) -> int:
    """The number of one of the managed assets of a kind."""
    status, body = page.request("GET", f"/api/v1/{kind}/?q=(page_size:100)")
    assert status == 200
    names = {"chart": "slice_name", "dataset": "table_name", "dashboard": "dashboard_title"}
    wanted = {"chart": "New users", "dataset": "daily_report", "dashboard": "Daily report"}
    return next(int(item["id"]) for item in body["result"] if item[names[kind]] == wanted[kind])


class TestEmployee:
    def test_sees_every_chart_without_an_error(self, employee: SupersetPage) -> None:
        assert employee.chart_names() == CHARTS
        assert employee.chart_faults() == {}
        assert employee.faults == []

    def test_reads_the_last_day_in_the_tiles(self, employee: SupersetPage, reports: Reports) -> None:
        dau, wau, mau, new_users = reports.row(
            "SELECT SUM(dau), SUM(wau), SUM(mau), SUM(new_users) FROM daily_report "
            "WHERE date = (SELECT MAX(date) FROM daily_report)"
        )
        assert employee.big_number("Active users in a day") == written(dau)
        assert employee.big_number("Active users in 7 days") == written(wau)
        assert employee.big_number("Active users in 28 days") == written(mau)
        assert employee.big_number("New users") == written(new_users)

    def test_reads_the_morning_table_newest_first(self, employee: SupersetPage, reports: Reports) -> None:
        day, dau, prev_day, prev_week, takes, android, wau, wau_prev_day, mau = reports.row(
            "SELECT date, SUM(dau), SUM(dau_prev_day), SUM(dau_prev_week), SUM(takes), "
            "SUM(CASE WHEN platform = 'ANDROID' THEN dau END), SUM(wau), SUM(wau_prev_day), SUM(mau) "
            "FROM daily_report WHERE date = (SELECT MAX(date) FROM daily_report) GROUP BY date"
        )
        first, second = employee.table(MORNING_TABLE)[:2]
        assert first["Date"] == f"{day:%a} {day.day} {day:%b %Y}"
        assert first["DAU"] == written(dau)
        assert first["vs day before"] == change(dau, prev_day)
        assert first["vs week before"] == change(dau, prev_week)
        assert first["TPU"] == f"{float(takes) / float(dau):.2f}"
        assert first["Android"] == written(android)
        assert first["WAU"] == written(wau)
        assert first["vs day before 5"] == change(wau, wau_prev_day)
        assert first["MAU"] == written(mau)
        assert second["DAU"] == written(prev_day)

    def test_windows_that_are_not_full_are_empty(self, employee: SupersetPage) -> None:
        rows = employee.table(MORNING_TABLE)
        assert [row["MAU"] == "N/A" for row in rows[-28:]] == [False] + [True] * 27
        assert [row["WAU"] == "N/A" for row in rows[-7:]] == [False] + [True] * 6
        assert rows[-7]["vs day before 5"] == "N/A"
        assert rows[-8]["vs day before 5"] != "N/A"
        assert rows[-14]["vs week before 5"] != "N/A"
        assert rows[-13]["vs week before 5"] == "N/A"

    def test_reads_how_fresh_the_data_is(self, employee: SupersetPage, reports: Reports) -> None:
        day = reports.value("SELECT MAX(date) FROM days WHERE modified_at IS NOT NULL")
        waiting = reports.value("SELECT SUM(modified_at IS NULL) FROM days WHERE date = %s", day)
        text = employee.chart("Data as of").inner_text()
        assert f"{day:%A}, {day.day} {day:%B %Y}" in text
        assert ("Partial" if waiting else "Complete") in text

    def test_reads_the_countries_of_the_last_day(self, employee: SupersetPage, reports: Reports) -> None:
        country, dau = reports.row(
            "SELECT country, SUM(dau) AS users FROM daily_report WHERE date = (SELECT MAX(date) FROM daily_report) "
            "GROUP BY country ORDER BY users DESC LIMIT 1"
        )
        countries = reports.value(
            "SELECT COUNT(DISTINCT country) FROM daily_report "
            "WHERE date = (SELECT MAX(date) FROM daily_report) AND dau > 0"
        )
        rows = employee.table("Countries on the last day")
        assert (rows[0]["Country"], rows[0]["Active users"]) == (country, written(dau))
        assert len(rows) == countries

    def test_has_no_edit_button(self, employee: SupersetPage, analyst: SupersetPage) -> None:
        button = '[data-test="edit-dashboard-button"]'
        assert employee.page.locator(button).count() == 0
        analyst.open_dashboard(SLUG)
        assert analyst.page.locator(button).count() == 1

    def test_filters_change_the_figures_to_what_mysql_says(self, employee: SupersetPage, reports: Reports) -> None:
        (country,) = reports.row("SELECT country FROM daily_report GROUP BY country ORDER BY SUM(dau) DESC LIMIT 1")
        sql = (
            "SELECT SUM(dau), SUM(wau), SUM(mau) FROM daily_report "
            "WHERE date = (SELECT MAX(date) FROM daily_report) AND country = %s"
        )
        employee.set_filter("Country", [country])
        dau, wau, mau = reports.row(sql, country)
        employee.expect_big_number("Active users in a day", written(dau))
        employee.expect_big_number("Active users in 7 days", written(wau))
        employee.expect_big_number("Active users in 28 days", written(mau))
        assert {row["Country"] for row in employee.table("Countries on the last day")} == {country}

        employee.set_filter("Platform", ["Android"])
        dau, wau, mau = reports.row(f"{sql} AND platform = 'ANDROID'", country)
        employee.expect_big_number("Active users in a day", written(dau))
        employee.expect_big_number("Active users in 7 days", written(wau))
        employee.expect_big_number("Active users in 28 days", written(mau))
        first = employee.table(MORNING_TABLE)[0]
        assert (first["DAU"], first["Android"], first["iOS"]) == (written(dau), written(dau), "N/A")
        employee.clear_filters()
        total = reports.value("SELECT SUM(dau) FROM daily_report WHERE date = (SELECT MAX(date) FROM daily_report)")
        employee.expect_big_number("Active users in a day", written(total))

    def test_reads_the_last_day_of_the_chosen_dates(
        self, browser: Browser, environment: Environment, reports: Reports
    ) -> None:
        last = reports.value("SELECT MAX(date) FROM daily_report") - dt.timedelta(days=10)
        dau, wau, mau, countries = reports.row(
            "SELECT SUM(dau), SUM(wau), SUM(mau), COUNT(DISTINCT CASE WHEN dau > 0 THEN country END) "
            "FROM daily_report WHERE date = %s",
            last,
        )
        page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
        page.open_dashboard(SLUG, dates=(last - dt.timedelta(days=6), last))
        assert page.chart_faults() == {}
        assert page.big_number("Active users in a day") == written(dau)
        assert page.big_number("Active users in 7 days") == written(wau)
        assert page.big_number("Active users in 28 days") == written(mau)
        rows = page.table("Countries on the last day")
        assert len(rows) == countries
        assert sum(int(row["Active users"].replace(",", "")) for row in rows) == dau
        assert len(page.table(MORNING_TABLE)) == 7
        page.page.context.close()

    @pytest.mark.parametrize(
        ("kind", "change"),
        [
            ("chart", {"slice_name": "Hacked"}),
            ("dataset", {"description": "Hacked"}),
            ("dashboard", {"dashboard_title": "Hacked"}),
        ],
    )
    def test_cannot_change_what_is_managed(self, employee: SupersetPage, kind: str, change: dict[str, str]) -> None:
        status, _ = employee.request("PUT", f"/api/v1/{kind}/{managed(employee, kind)}", change)
        assert status == 403
        status, _ = employee.request("DELETE", f"/api/v1/{kind}/{managed(employee, kind)}")
        assert status == 403

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/v1/dashboard/"),
            ("POST", "/api/v1/dashboard/{dashboard}/copy/"),
            ("PUT", "/api/v1/dashboard/{dashboard}/filters"),
            ("PUT", "/api/v1/dashboard/{dashboard}/colors"),
            ("POST", "/api/v1/dataset/"),
            ("PUT", "/api/v1/dataset/{dataset}/refresh"),
            ("POST", "/api/v1/database/"),
            ("POST", "/api/v1/theme/"),
            ("GET", "/api/v1/assets/export/"),
            ("GET", "/api/v1/security/users/"),
            ("GET", "/api/v1/log/"),
            ("GET", "/api/v1/query/"),
        ],
    )
    def test_cannot_build_or_administer(self, employee: SupersetPage, method: str, path: str) -> None:
        numbers = {kind: managed(employee, kind) for kind in ("dashboard", "dataset")}
        assert employee.request(method, path.format(**numbers), {} if method != "GET" else None)[0] == 403

    def test_cannot_put_an_own_chart_on_a_managed_dashboard(self, employee: SupersetPage) -> None:
        chart = {
            "slice_name": "Uninvited",
            "viz_type": "table",
            "datasource_id": managed(employee, "dataset"),
            "datasource_type": "table",
            "params": "{}",
            "dashboards": [managed(employee, "dashboard")],
        }
        assert employee.request("POST", "/api/v1/chart/", chart)[0] == 403

    def test_cannot_use_sql_lab(self, employee: SupersetPage) -> None:
        status, _ = employee.request("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "SELECT 1"})
        assert status == 403

    def test_keeps_own_charts(self, employee: SupersetPage) -> None:
        draft = {
            "slice_name": "My own draft",
            "viz_type": "table",
            "datasource_id": managed(employee, "dataset"),
            "datasource_type": "table",
            "params": '{"viz_type": "table", "metrics": ["daily_active_users"], "groupby": ["date"]}',
        }
        status, body = employee.request("POST", "/api/v1/chart/", draft)
        assert status == 201, body
        path = f"/api/v1/chart/{body['id']}"
        assert employee.request("PUT", path, {"slice_name": "My own draft, better"})[0] == 200
        assert employee.request("DELETE", path)[0] == 200


class TestAnalyst:
    def test_changes_a_managed_chart_and_puts_it_back(self, analyst: SupersetPage) -> None:
        path = f"/api/v1/chart/{managed(analyst, 'chart')}"
        before = analyst.request("GET", path)[1]["result"]["description"]
        assert analyst.request("PUT", path, {"description": "Changed"})[0] == 200
        assert analyst.request("GET", path)[1]["result"]["description"] == "Changed"
        assert analyst.request("PUT", path, {"description": before})[0] == 200

    def test_uses_sql_lab(self, analyst: SupersetPage, reports: Reports) -> None:
        status, body = analyst.request("GET", "/api/v1/database/?q=(page_size:100)")
        number = next(item["id"] for item in body["result"] if item["database_name"] == "Reports")
        query = {"database_id": number, "sql": "SELECT SUM(dau) AS users FROM daily_report", "schema": "reports"}
        status, body = analyst.request("POST", "/api/v1/sqllab/execute/", query)
        assert status == 200, body
        assert int(body["data"][0]["users"]) == reports.value("SELECT SUM(dau) FROM daily_report")


def test_a_phone_shows_the_same_page_without_scrolling_sideways(browser: Browser, environment: Environment) -> None:
    phone = SupersetPage.sign_in(
        browser, environment.superset_url, "employee", environment.employee_password, viewport=PHONE
    )
    phone.open_dashboard(SLUG)
    assert phone.chart_names() == CHARTS
    assert phone.chart_faults() == {}
    phone.require_room()
    phone.page.context.close()
