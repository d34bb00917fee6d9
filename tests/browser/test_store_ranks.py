"""The page of the store's charts, as an employee sees it: what is on top is better, and what is shown is in MySQL."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from settings.environment import Environment
from tests.browser.reports import Reports
from tests.browser.superset import PHONE, TIMEOUT_MS, SupersetPage

SLUG = "store-ranks"
LINES, FOLLOWED, TOP, CLIMBERS = CHARTS = [
    "Rank by day",
    "Where we stand on the last day",
    "Top of the chart on the last day",
    "Biggest climbers of the week",
]
# Our app of the demo is in these charts every day, and has come higher in the other one of revenue alone.
CHOSEN = "demo: BR top-free"
CHART = "store = 'demo' AND country = 'BR' AND chart = 'top-free'"
LAST = f"{CHART} AND date = (SELECT MAX(date) FROM store_ranks WHERE store = 'demo')"


@pytest.fixture(scope="module")
def page(employee: SupersetPage) -> SupersetPage:
    for name in (FOLLOWED, TOP, CLIMBERS):
        employee.chart(name).locator("tbody tr").first.wait_for()
    return employee


def signed(places: int | None) -> str:
    """A change as the page writes it."""
    return "" if places is None else f"{places:+d}"


def test_every_chart_is_there_without_an_error(page: SupersetPage) -> None:
    assert page.chart_names() == CHARTS
    assert page.chart_faults() == {}
    assert page.faults == []


def test_the_chart_that_ours_is_in_is_chosen_at_first(page: SupersetPage) -> None:
    chosen = page.page.locator('[data-test="filter-bar"] .ant-select').first
    assert CHOSEN in chosen.inner_text()


def test_our_apps_and_the_competitors_stand_where_mysql_has_them(page: SupersetPage, reports: Reports) -> None:
    expected = reports.rows(
        "SELECT apps.name, ranks.`rank` FROM store_ranks AS ranks JOIN store_apps AS apps USING (store, app_id) "
        f"WHERE {LAST} ORDER BY ranks.`rank`"
    )
    assert len(expected) > 1
    assert [(row["App"], int(row["Rank"])) for row in page.table(FOLLOWED)] == expected


def test_the_whole_chart_is_there_with_its_changes(page: SupersetPage, reports: Reports) -> None:
    now = reports.rows(f"SELECT `rank`, app_id, name, publisher FROM store_ranks WHERE {LAST} ORDER BY `rank`")

    def before(days: int) -> dict[str, int]:
        return dict(
            reports.rows(
                f"SELECT app_id, `rank` FROM store_ranks WHERE {CHART} AND date = (SELECT MAX(date) FROM store_ranks "
                f"WHERE store = 'demo') - INTERVAL {days} DAY"
            )
        )

    day, week = before(1), before(7)
    shown = page.table(TOP)
    assert len(shown) == len(now) == 50
    for row, (rank, app, name, publisher) in zip(shown, now, strict=True):
        assert (row["Rank"], row["App"], row["Publisher"]) == (str(rank), name, publisher)
        for heading, earlier in (("vs day before", day), ("vs week before", week)):
            assert row[heading].replace("N/A", "") == signed(earlier[app] - rank if app in earlier else None)
        assert bool(row["Entered"]) == (app not in week or app not in day)


def test_the_biggest_climber_comes_first(page: SupersetPage) -> None:
    gained = [int(row["vs week before"]) for row in page.table(CLIMBERS)]
    assert gained == sorted(gained, reverse=True)
    assert gained[-1] > 0


def test_the_first_place_is_drawn_at_the_top(page: SupersetPage) -> None:
    """The chart's own option for it: without it, the best app would be drawn at the bottom."""
    status, found = page.request("GET", "/api/v1/chart/?q=(columns:!(slice_name,params),page_size:100)")
    assert status == 200
    (params,) = [chart["params"] for chart in found["result"] if chart["slice_name"] == LINES]
    assert "inverse: true" in params


def test_another_chart_is_chosen(page: SupersetPage, reports: Reports) -> None:
    page.choose("Chart", "demo: KR top-grossing")
    first = reports.value(
        "SELECT name FROM store_ranks WHERE store = 'demo' AND country = 'KR' AND chart = 'top-grossing' "
        "AND `rank` = 1 ORDER BY date DESC LIMIT 1"
    )
    expect(page.chart(TOP).locator("tbody tr td").nth(1)).to_have_text(first, timeout=TIMEOUT_MS)


def test_on_a_phone_nothing_is_cut_off(browser: Browser, environment: Environment) -> None:
    phone = SupersetPage.sign_in(
        browser, environment.superset_url, "employee", environment.employee_password, viewport=PHONE
    )
    phone.open_dashboard("store-ranks")
    assert phone.chart_names() == CHARTS
    phone.require_room()
    phone.page.context.close()
