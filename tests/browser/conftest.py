"""An employee at a real browser, and what MySQL says of the same figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from settings.environment import Environment
from tests.browser.reports import Reports
from tests.browser.superset import SupersetPage, open_browser
from tests.conftest import Stack


@pytest.fixture(scope="module")
def environment(stack: Stack) -> Environment:
    """The settings of the stack that the pages come from."""
    return stack.environment


@pytest.fixture(scope="module")
def reports(environment: Environment) -> Iterator[Reports]:
    """The report tables behind the pages."""
    reports = Reports(environment)
    yield reports
    reports.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def employee(request: pytest.FixtureRequest, browser: Browser, environment: Environment) -> Iterator[SupersetPage]:
    """An employee who has signed in, and has opened the dashboard that the module names SLUG."""
    page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
    if slug := getattr(request.module, "SLUG", None):
        page.open_dashboard(slug)
    yield page
    page.page.context.close()
