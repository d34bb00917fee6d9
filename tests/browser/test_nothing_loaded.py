from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.superset import SupersetPage, open_browser
from tests.conftest import Stack, new_stack


@pytest.fixture(scope="module")
def page(module_folder: Path) -> Iterator[SupersetPage]:
    """The employee's, in a company that has loaded nothing yet."""
    stack: Stack = new_stack(module_folder)
    stack.run("up", "superset")
    with open_browser() as browser:
        environment = stack.environment
        yield SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
    stack.run("down", check=False)


@pytest.mark.parametrize("slug", ["store-ranks", "event-values"])
def test_a_page_whose_filter_has_nothing_to_choose_comes_and_says_so(page: SupersetPage, slug: str) -> None:
    page.open_dashboard(slug)
    assert page.page.locator('[data-test="filter-bar"]').get_by_text("nothing yet").count() > 0
    assert page.chart_faults()
    assert page.faults == []


def test_no_day_is_said_to_be_the_newest(page: SupersetPage) -> None:
    page.open_dashboard("daily-report")
    cell = page.chart("Data as of").locator("td").first
    said = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert said.startswith('"Nothing has been loaded yet')
