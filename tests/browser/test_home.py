"""Where people arrive: the pages that they may see, with the day up to which each is complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser

from settings.environment import PROJECT, Environment
from superset_sync.client import SupersetClient
from tests.browser.reports import Reports
from tests.browser.superset import PHONE, SupersetPage

MANAGED = [yaml.safe_load(path.read_text()) for path in sorted((PROJECT / "dashboards").glob("*.yaml"))]
TITLE = "Mine <b>& yours</b>"


@pytest.fixture(scope="module")
def mine(environment: Environment) -> Iterator[int]:
    """A page that the administrator has made by hand and shows to nobody yet."""
    with SupersetClient(environment.superset_url, "admin", environment.admin_password) as superset:
        number = superset.post("/api/v1/dashboard/", {"dashboard_title": TITLE, "published": False})["id"]
        yield number
        superset.delete(f"/api/v1/dashboard/{number}")


def cards(page: SupersetPage) -> dict[str, str]:
    page.page.goto(f"{page.url}/")
    return {
        card.locator("strong").inner_text(): card.locator("small").inner_text()
        for card in page.page.locator("main li").all()
    }


def test_who_is_not_signed_in_is_asked_to_and_arrives_here(browser: Browser, environment: Environment) -> None:
    page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
    assert page.page.url == f"{environment.superset_url}/"
    page.page.get_by_text("Sign out Employee").click()
    page.page.goto(f"{environment.superset_url}/")
    assert "/login" in page.page.url
    page.page.context.close()


def test_every_page_is_there_with_what_it_answers_and_its_newest_day(employee: SupersetPage, reports: Reports) -> None:
    shown = cards(employee)
    assert set(shown) == {page["dashboard_title"] for page in MANAGED}
    for page in MANAGED:
        assert page["description"] in employee.page.locator("main").inner_text()
    [(newest,)] = reports.rows("SELECT MAX(date) FROM daily_report")
    said = f"Data as of {newest:%A} {newest.day} {newest:%B}"
    assert shown["Daily report"].startswith(said)
    assert shown["Events"].startswith(said)
    assert next(iter(shown)) == "Daily report"
    assert employee.faults == []


def test_a_card_leads_to_its_page_and_the_pages_lead_back(employee: SupersetPage) -> None:
    cards(employee)
    employee.page.get_by_text("Growth", exact=True).click()
    employee.wait_for_charts()
    assert "/superset/dashboard/growth/" in employee.page.url
    employee.page.get_by_role("menuitem", name="Home").first.click()
    employee.page.wait_for_url(f"{employee.url}/")


def test_nothing_is_wider_than_a_phone(browser: Browser, environment: Environment) -> None:
    page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password, PHONE)
    cards(page)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.page.context.close()


def test_a_draft_is_seen_by_who_may_see_it_and_its_title_is_text(
    browser: Browser, environment: Environment, employee: SupersetPage, mine: int
) -> None:
    assert TITLE not in " ".join(cards(employee))
    admin = SupersetPage.sign_in(browser, environment.superset_url, "admin", environment.admin_password)
    shown = cards(admin)
    assert shown[f"{TITLE} Draft"] == "No figures yet"
    assert admin.page.get_by_text("Made by colleagues").is_visible()
    assert admin.page.locator(f'a[href="/superset/dashboard/{mine}/"]').count() == 1
    admin.page.context.close()


def test_old_figures_are_said_to_be_old(employee: SupersetPage, reports: Reports) -> None:
    [(newest,)] = reports.rows("SELECT MAX(date) FROM daily_report")
    is_old = (dt.datetime.now(dt.UTC).date() - newest).days > 2
    cards(employee)
    assert employee.page.get_by_text("The newest day is").count() == is_old
