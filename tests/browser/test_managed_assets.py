"""What the repository manages is edited in the browser by the data team, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from settings.environment import Environment
from tests.browser.superset import SupersetPage

SLUG = "retention"
PAGE, CHART = "Retention", "Came back on day 1"


@pytest.fixture(scope="module")
def analyst(browser: Browser, environment: Environment) -> Iterator[SupersetPage]:
    """The data team."""
    page = SupersetPage.sign_in(browser, environment.superset_url, "analyst", environment.analyst_password)
    yield page
    page.page.context.close()


def number(page: SupersetPage, kind: str, name: str) -> int:
    _, body = page.request("GET", f"/api/v1/{kind}/?q=(page_size:100)")
    titles = {"chart": "slice_name", "dashboard": "dashboard_title"}
    return next(int(item["id"]) for item in body["result"] if item[titles[kind]] == name)


def test_an_analyst_saves_a_managed_dashboard(analyst: SupersetPage) -> None:
    path = f"/api/v1/dashboard/{number(analyst, 'dashboard', PAGE)}"
    before = analyst.request("GET", path)[1]["result"]
    analyst.open_dashboard(SLUG)
    page = analyst.page
    page.locator('[data-test="edit-dashboard-button"]').click()
    page.locator('[data-test="editable-title-input"]').click()
    # Key by key: the page takes no other change of its title.
    page.keyboard.press("End")
    page.keyboard.type(", edited")
    page.keyboard.press("Enter")
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/v1/dashboard/" in answer.url
    ) as put:
        page.locator('[data-test="header-save-button"]').click()
    assert put.value.status == 200
    try:
        assert analyst.request("GET", path)[1]["result"]["dashboard_title"] == "Retention, edited"
    finally:
        back = {key: before[key] for key in ("dashboard_title", "json_metadata", "position_json")}
        assert analyst.request("PUT", path, back)[0] == 200


def test_an_analyst_saves_a_managed_chart(analyst: SupersetPage) -> None:
    chart = number(analyst, "chart", CHART)
    before = analyst.request("GET", f"/api/v1/chart/{chart}")[1]["result"]
    page = analyst.page
    page.goto(f"{analyst.url}/explore/?slice_id={chart}")
    page.locator('[data-test="query-save-button"]').click()
    page.locator('[data-test="save-overwrite-radio"]').check()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/v1/chart/" in answer.url) as put:
        page.locator('[data-test="btn-modal-save"]').click()
    try:
        assert put.value.status == 200
    finally:
        back = {key: before[key] for key in ("slice_name", "params", "query_context")}
        assert analyst.request("PUT", f"/api/v1/chart/{chart}", back)[0] == 200


def test_an_employee_has_nothing_to_edit_them_with(employee: SupersetPage) -> None:
    page = employee.page
    expect(page.locator('[data-test="edit-dashboard-button"]')).to_have_count(0)
    page.goto(f"{employee.url}/explore/?slice_id={number(employee, 'chart', CHART)}")
    page.locator('[data-test="query-save-button"]').click()
    expect(page.locator('[data-test="save-overwrite-radio"]')).to_be_disabled()
    for kind, name, edit in (
        ("chart", CHART, {"slice_name": "Mine"}),
        ("dashboard", PAGE, {"dashboard_title": "Mine"}),
    ):
        path = f"/api/v1/{kind}/{number(employee, kind, name)}"
        assert employee.request("PUT", path, edit)[0] == 403
        assert employee.request("DELETE", path)[0] == 403
