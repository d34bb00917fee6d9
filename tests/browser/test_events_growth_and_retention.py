"""The pages that answer the chat room, as an employee sees them: events, their values, retention, growth."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser

from settings.environment import Environment
from tests.browser.reports import Reports
from tests.browser.superset import PHONE, SupersetPage

CHARTS = {
    "events": [
        "Data as of",
        "Every event",
        "Events a day, by event",
        "Users in a day, by event",
        "Events per user in a day, by event",
        "Events a day, by platform",
        "Events a day, by version of the app",
        "Events a day, by country",
        "Events of each country",
        "Releases",
    ],
    "event-values": [
        "Data as of",
        "Times used",
        "Times used on a day",
        "Times used on the last day",
        "Chosen values",
        "Share of every value",
        "Times used a day, by value",
        "Users in a day, by value",
        "Share of each day, by value",
        "Times used a day, by country",
    ],
    "retention": [
        "Data as of",
        "New users of the chosen days",
        "Came back on day 1",
        "Came back on day 7",
        "Came back on day 30",
        "Who came back, by first day and day after it",
        "Who came back on day n, by platform",
        "Who came back on day n, by country",
        "Week-1 retention: who came back on day 7",
        "Countries: who came back",
    ],
    "growth": [
        "Data as of",
        "New in 7 days",
        "Retained from the week before",
        "Resurrected in 7 days",
        "Churned since the week before",
        "New, retained, resurrected and churned users",
        "Quick ratio: users gained for each user lost",
        "Stickiness: users who come on a given day",
        "New users a day, by country",
        "Countries: new users",
    ],
}
HEATMAP = "Who came back, by first day and day after it"


@pytest.fixture(scope="module")
def last_day(reports: Reports) -> dt.date:
    found: dt.date = reports.value("SELECT MAX(date) FROM active_users")
    return found


def ratio(part: Any, of: Any, decimals: int) -> str:
    """A quotient as the page writes it: halves go up."""
    return f"{(Decimal(part) / Decimal(of)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}"


def percent(part: Any, of: Any) -> str:
    """A share as the page writes it."""
    return ratio(part * 100, of, 1) + "%"


def whole(figure: Any) -> str:
    """A whole number as the page writes it."""
    return f"{int(figure):,}"


def figures(page: SupersetPage, slug: str, column: str) -> list[dict[str, Any]]:
    """Open a dashboard; what Superset sent for the first chart that has this column."""
    found: list[dict[str, Any]] = []

    def keep(response: Any) -> None:
        if "/api/v1/chart/data" in response.url and response.ok:
            (answer, *_) = response.json()["result"]
            if not found and {column, "day_n"} <= set(answer["colnames"]):
                found.extend(answer["data"])

    page.page.on("response", keep)
    page.open_dashboard(slug)
    page.page.remove_listener("response", keep)
    return found


class TestEvents:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def page(cls, employee: SupersetPage) -> None:
        employee.open_dashboard("events")

    def test_every_chart_is_there_without_an_error(self, employee: SupersetPage) -> None:
        assert employee.chart_names() == CHARTS["events"]
        assert employee.chart_faults() == {}
        assert employee.faults == []

    def test_the_table_says_what_mysql_says(self, employee: SupersetPage, reports: Reports) -> None:
        name, events, users, days, of_all = reports.row(
            "SELECT event_name, SUM(events), SUM(users), COUNT(DISTINCT date), (SELECT SUM(events) FROM events) "
            "FROM events GROUP BY event_name ORDER BY 2 DESC"
        )
        rows = employee.table("Every event")
        assert len(rows) == reports.value("SELECT COUNT(DISTINCT event_name) FROM events")
        assert rows[0] == {
            "Event": name,
            "Events": whole(events),
            "Users on a day": ratio(users, days, 0),
            "Per user": ratio(events, users, 2),
            "Share": percent(events, of_all),
        }

    def test_a_release_is_the_first_day_of_a_tenth_of_all_events(
        self, employee: SupersetPage, reports: Reports
    ) -> None:
        days = reports.rows(
            "SELECT date, app_version, SUM(events), SUM(SUM(events)) OVER (PARTITION BY date) FROM events "
            "GROUP BY date, app_version"
        )
        first = {}
        for day, version, events, of_all in sorted(days):
            if events * 10 >= of_all:
                first.setdefault(version, day)
        began = min(first.values())
        expected = {version: f"{day:%a} {day.day} {day:%b %Y}" for version, day in first.items() if day > began}
        assert expected
        shown = {row["App version"]: row["Release"] for row in employee.table("Releases")}
        assert shown == expected

    def test_a_filter_changes_the_figures(self, employee: SupersetPage, reports: Reports) -> None:
        sql = "SELECT SUM(events) FROM events WHERE event_name = 'take_photo' AND platform = 'IOS'"
        employee.set_filter("Platform", ["iOS"])
        rows = {row["Event"]: row["Events"] for row in employee.table("Every event")}
        assert rows["take_photo"] == whole(reports.value(sql))
        employee.clear_filters()

    def test_a_click_on_a_country_filters_the_page(self, employee: SupersetPage, reports: Reports) -> None:
        country, events = reports.row("SELECT country, SUM(events) FROM events GROUP BY country ORDER BY 2 DESC")
        cell = employee.chart("Events of each country").locator("tbody td").first
        assert cell.inner_text().strip() == country
        with employee.page.expect_response(lambda response: "/api/v1/chart/data" in response.url):
            cell.click()
        employee.wait_for_charts()
        rows = employee.table("Every event")
        assert sum(int(row["Events"].replace(",", "")) for row in rows) == events


class TestHowOftenWasItUsed:
    """ "How often was filter X used in March?" — here of the demo's October."""

    MONTH = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    WHERE = (
        "FROM event_params WHERE event_name = 'apply_filter' AND param_key = 'filter_name' "
        "AND date BETWEEN '2026-10-01' AND '2026-10-31'"
    )

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def page(cls, employee: SupersetPage) -> None:
        employee.faults.clear()
        employee.open_dashboard("event-values", cls.MONTH)

    def test_every_chart_is_there_without_an_error(self, employee: SupersetPage) -> None:
        assert employee.chart_names() == CHARTS["event-values"]
        assert employee.chart_faults() == {}

    def test_the_most_frequent_event_is_chosen_at_first(self, employee: SupersetPage, reports: Reports) -> None:
        employee.expect_big_number("Times used", whole(reports.value(f"SELECT SUM(events) {self.WHERE}")))
        assert len(employee.table("Share of every value")) == reports.value(
            f"SELECT COUNT(DISTINCT param_value) {self.WHERE}"
        )

    def test_one_filter_of_one_month(self, employee: SupersetPage, reports: Reports) -> None:
        employee.set_filter("Value", ["夏"])
        uses, users, days = reports.row(
            f"SELECT SUM(events), SUM(users), COUNT(DISTINCT date) {self.WHERE} AND param_value = '夏'"
        )
        employee.expect_big_number("Times used", whole(uses))
        employee.expect_big_number("Times used on a day", ratio(uses, days, 1))
        last = reports.value(f"SELECT SUM(events) {self.WHERE} AND param_value = '夏' AND date = '2026-10-31'")
        employee.expect_big_number("Times used on the last day", whole(last))
        assert employee.table("Chosen values") == [
            {
                "Value": "夏",
                "Times used": whole(uses),
                "Users on a day": ratio(users, days, 1),
                "Per user": ratio(uses, users, 2),
                "Times on a day": ratio(uses, days, 1),
            }
        ]
        of_all = reports.value(f"SELECT SUM(events) {self.WHERE}")
        shares = {row["Value"]: row["Share"] for row in employee.table("Share of every value")}
        assert shares["夏"] == percent(uses, of_all)
        assert len(shares) > 1


class TestRetention:
    @pytest.fixture(scope="class")
    @classmethod
    def cells(cls, employee: SupersetPage) -> list[dict[str, Any]]:
        employee.faults.clear()
        return figures(employee, "retention", "cohort_date")

    def test_every_chart_is_there_without_an_error(self, cells: Any, employee: SupersetPage) -> None:
        assert employee.chart_names() == CHARTS["retention"]
        assert employee.chart_faults() == {}

    def test_the_heatmap_has_the_cells_whose_day_has_come_and_no_others(
        self, cells: list[dict[str, Any]], reports: Reports, last_day: dt.date
    ) -> None:
        shown = {
            (dt.datetime.fromtimestamp(cell["cohort_date"] / 1000, dt.UTC).date(), cell["day_n"]): cell["share_back"]
            for cell in cells
        }
        assert all(day + dt.timedelta(after) <= last_day for day, after in shown)
        stored = reports.rows(
            "SELECT cohort_date, day_n, SUM(active_users), SUM(cohort_users) FROM retention WHERE day_n > 0 "
            "GROUP BY cohort_date, day_n"
        )
        assert shown == {(day, after): pytest.approx(float(back / people)) for day, after, back, people in stored}

    def test_what_is_still_to_come_is_drawn_empty(self, cells: Any, employee: SupersetPage) -> None:
        """Newest people are at the bottom, latest days to the right: that corner is white, the left edge is not."""
        left, corner = (
            employee.chart(HEATMAP)
            .locator("canvas")
            .first.evaluate(
                """canvas => [[0.12, 0.5], [0.8, 0.85]].map(([x, y]) => [...canvas.getContext('2d').getImageData(
                canvas.width * x, canvas.height * y, 1, 1).data])"""
            )
        )
        assert corner[3] == 0 or corner[:3] == [255, 255, 255]
        assert left[3] > 0
        assert left[:3] != [255, 255, 255]

    def test_tiles_share_over_the_people_whose_day_has_come(self, employee: SupersetPage, reports: Reports) -> None:
        for after in (1, 7, 30):
            back, people = reports.row(
                "SELECT SUM(active_users), SUM(cohort_users) FROM retention WHERE day_n = %s", after
            )
            assert employee.big_number(f"Came back on day {after}") == percent(back, people)

    def test_a_filter_changes_the_figures(self, employee: SupersetPage, reports: Reports) -> None:
        employee.set_filter("Platform", ["iOS"])
        back, people = reports.row(
            "SELECT SUM(active_users), SUM(cohort_users) FROM retention WHERE day_n = 7 AND platform = 'IOS'"
        )
        employee.expect_big_number("Came back on day 7", percent(back, people))
        employee.clear_filters()


class TestGrowth:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def page(cls, employee: SupersetPage) -> None:
        employee.faults.clear()
        employee.open_dashboard("growth")

    def test_every_chart_is_there_without_an_error(self, employee: SupersetPage) -> None:
        assert employee.chart_names() == CHARTS["growth"]
        assert employee.chart_faults() == {}

    def test_tiles_show_the_last_week(self, employee: SupersetPage, reports: Reports, last_day: dt.date) -> None:
        found = reports.row(
            "SELECT SUM(new_users_7d), SUM(retained), SUM(resurrected), SUM(churned) FROM growth WHERE date = %s",
            last_day,
        )
        assert [employee.big_number(name) for name in CHARTS["growth"][1:5]] == [whole(figure) for figure in found]

    def test_a_country_leads_to_its_events(self, employee: SupersetPage, reports: Reports) -> None:
        row = employee.chart("Countries: new users").locator("tbody tr").first
        country = row.locator("td").first.inner_text().strip()
        row.locator("a", has_text="Its events").click()
        employee.page.wait_for_url(re.compile("/superset/dashboard/events/"))
        employee.wait_for_charts()
        expected = reports.value("SELECT SUM(events) FROM events WHERE country = %s", country)
        assert sum(int(row["Events"].replace(",", "")) for row in employee.table("Every event")) == expected

    def test_pages_lead_to_each_other(self, employee: SupersetPage) -> None:
        employee.page.locator(".dashboard-markdown a", has_text="Growth").click()
        employee.page.wait_for_url(re.compile("/superset/dashboard/growth/"))
        employee.wait_for_charts()
        assert employee.chart_names() == CHARTS["growth"]

    def test_before_both_weeks_are_loaded_there_is_nothing(self, employee: SupersetPage, reports: Reports) -> None:
        """The 14th day is the first of which anything is known: no rise from nothing, and the tile says why."""
        first = reports.value("SELECT MIN(date) FROM days")
        tiles = CHARTS["growth"][1:5]
        employee.open_dashboard("growth", (first, first + dt.timedelta(12)))
        assert set(employee.chart_faults()) == set(tiles)
        for name in tiles:
            described = employee.chart(name).locator(".dashboard-chart").get_attribute("aria-label")
            assert "Empty until 14 days have been loaded." in str(described)
        employee.open_dashboard("growth", (first, first + dt.timedelta(13)))
        assert employee.chart_faults() == {}
        assert employee.big_number("Retained from the week before") == whole(
            reports.value("SELECT SUM(retained) FROM growth WHERE date = %s", first + dt.timedelta(13))
        )


def test_a_phone_shows_them_without_scrolling_sideways(browser: Browser, environment: Environment) -> None:
    phone = SupersetPage.sign_in(
        browser, environment.superset_url, "employee", environment.employee_password, viewport=PHONE
    )
    for slug, charts in CHARTS.items():
        phone.open_dashboard(slug)
        assert phone.chart_names() == charts
        assert phone.chart_faults() == {}, slug
        phone.require_room()
    phone.page.context.close()
