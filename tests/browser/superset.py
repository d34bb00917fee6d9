"""A browser in front of Superset: sign in, open a dashboard, read what a person would read.

Everything waits for what it needs on the page; nothing sleeps. Chromium is Debian's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from superset_config.pictures import STILL, whole_page_in_window

CHROMIUM = "/usr/bin/chromium"
# As root, without a display, and without a word to anybody outside.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WALL = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# The first chart of a fresh Superset on a busy machine takes its time.
TIMEOUT_MS = 60_000

_CHART = '[data-test="chart-grid-component"]'
# Superset's own pixel for counting its users; the content security policy keeps it from leaving the page.
KNOWN_BLOCKED = ("scarf.sh",)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless Chromium with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class SupersetPage:
    """One tab, signed in as one person."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.faults.append(f"page: {error}"))
        page.on("console", self._note)
        page.on("response", self._note_response)

    @classmethod
    def sign_in(
        cls, browser: Browser, url: str, username: str, password: str, viewport: dict[str, int] | None = None
    ) -> SupersetPage:
        """A new tab in which `username` has signed in through the form."""
        context = browser.new_context(viewport=viewport or WALL, locale="en-GB")  # type: ignore[arg-type]
        signed_in = cls(context.new_page(), url)
        page = signed_in.page
        page.goto(f"{url}/login/")
        page.fill("#username", username)
        page.fill("#password", password)
        page.click('button[type="submit"]')
        page.wait_for_url(lambda address: "/login" not in address)
        return signed_in

    def open_dashboard(self, slug: str, dates: tuple[dt.date, dt.date] | None = None) -> None:
        """Open a dashboard, on its first and last day where `dates` are given, and wait for all its charts."""
        address = f"{self.url}/superset/dashboard/{slug}/"
        if dates:
            first, last = dates
            span = f"{first} : {last + dt.timedelta(days=1)}"
            state = f"extraFormData:(time_range:'{span}'),filterState:(value:'{span}'),ownState:()"
            address += "?" + urlencode({"native_filters": f"(NATIVE_FILTER-dates:(id:NATIVE_FILTER-dates,{state}))"})
        self.page.goto(address)
        self.wait_for_charts()

    def wait_for_charts(self) -> None:
        """Wait until no chart is loading or missing any more."""
        self.page.wait_for_selector(_CHART)
        self.page.wait_for_function(
            """() => {
                const charts = [...document.querySelectorAll('[data-test="chart-grid-component"]')];
                return charts.length > 0 && charts.every(chart =>
                    !chart.querySelector('.loading, [data-test="loading-indicator"]')
                    && (chart.querySelector('[id^="chart-id-"] > *')
                        || chart.querySelector('.ant-alert, [role="alert"], [data-test="error-alert"], .ant-empty')));
            }"""
        )

    def chart_names(self) -> list[str]:
        """The titles of the charts, in the order of the page."""
        return [str(chart.get_attribute("data-test-chart-name")) for chart in self.page.locator(_CHART).all()]

    def chart(self, name: str) -> Locator:
        """The chart with this title."""
        return self.page.locator(f'{_CHART}[data-test-chart-name="{name}"]')

    def require_room(self) -> None:
        """No chart, and nothing else, reaches beyond the window's left or right edge."""
        assert self.page.viewport_size is not None
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        for name in self.chart_names():
            box = self.chart(name).bounding_box()
            assert box is not None
            assert box["x"] >= 0, name
            assert box["x"] + box["width"] <= width, name

    def chart_faults(self) -> dict[str, str]:
        """Title → what stands there instead of figures, for charts that show an error or nothing."""
        faults = {}
        for name in self.chart_names():
            fault = self.chart(name).locator('.ant-alert, [role="alert"], [data-test="error-alert"], .ant-empty')
            if fault.count():
                faults[name] = fault.first.inner_text()
        return faults

    def big_number(self, name: str) -> str:
        """The figure of a tile, as it is written there."""
        return self.chart(name).locator(".header-line").inner_text().strip()

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a table by its headings; where a heading comes again, its key is `heading`, `heading 2`, …

        Headings are read from the page, so line breaks count as spaces.
        """
        chart = self.chart(name)
        headings: list[str] = []
        for text in chart.locator("thead").last.locator("th").all_inner_texts():
            heading = " ".join(text.split())
            again = sum(
                known == heading or bool(re.fullmatch(rf"{re.escape(heading)} \d+", known)) for known in headings
            )
            headings.append(f"{heading} {again + 1}" if again else heading)
        return [
            dict(zip(headings, [cell.strip() for cell in row.locator("td").all_inner_texts()], strict=True))
            for row in chart.locator("tbody tr").all()
        ]

    def set_filter(self, name: str, values: list[str]) -> None:
        """Choose values of a filter of the bar, apply them and wait for the charts."""
        page = self.page
        label = self._filter_label(name)
        page.locator(f'[data-test="filter-bar"] [aria-label="{label}"]').first.click()
        for value in values:
            option = page.locator(f'.ant-select-dropdown:visible .ant-select-item-option[title="{value}"]').first
            page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.wait_for()
            if not option.is_visible():
                # A long list draws only what is in sight; typing brings the value up.
                page.locator(f'input[id="{label}"]').fill(value)
            option.click()
            expect(option).to_have_attribute("aria-selected", "true", timeout=TIMEOUT_MS)
        page.keyboard.press("Escape")
        self._change_filters("filter-bar__apply-button")

    def choose(self, name: str, value: str) -> None:
        """Choose the one value of a filter that has always one, apply it and wait for the charts."""
        label = self._filter_label(name)
        self.page.locator(f'[data-test="filter-bar"] [aria-label="{label}"]').first.click()
        self.page.locator(f'.ant-select-dropdown:visible .ant-select-item-option[title="{value}"]').first.click()
        self._change_filters("filter-bar__apply-button")

    def clear_filters(self) -> None:
        """Take all filters away, which Superset applies at once, and wait for the charts."""
        self._change_filters("filter-bar__clear-button")

    def expect_big_number(self, name: str, text: str) -> None:
        """Wait until a tile shows this figure."""
        expect(self.chart(name).locator(".header-line")).to_have_text(text, timeout=TIMEOUT_MS)

    def screenshot(self, path: Path) -> None:
        """The whole page, charts drawn to their end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_page_in_window(self.page):
            self.page.wait_for_function(STILL)
            self.page.screenshot(path=str(path), full_page=True)

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of a request to the REST interface in this person's session, with its CSRF token."""
        token = self.page.request.get(f"{self.url}/api/v1/security/csrf_token/").json()["result"]
        answer = self.page.request.fetch(
            f"{self.url}{path}", method=method, data=body, headers={"X-CSRFToken": token, "Referer": self.url}
        )
        try:
            return answer.status, answer.json()
        except ValueError:
            return answer.status, answer.text()

    def _change_filters(self, button: str) -> None:
        """Press a button of the bar; the browser asks for the figures again, cached or not."""
        with self.page.expect_response(lambda response: "/api/v1/chart/data" in response.url):
            self.page.locator(f'[data-test="{button}"]').click()
        self.wait_for_charts()

    def _filter_label(self, name: str) -> str:
        heading = self.page.locator('[data-test="filter-control-name"]', has_text=re.compile(rf"^{re.escape(name)}$"))
        return str(heading.first.get_attribute("id")).removeprefix("filter-name-")

    def _note(self, message: Any) -> None:
        if message.type == "error" and not any(known in message.text for known in KNOWN_BLOCKED):
            self.faults.append(f"console: {message.text}")

    def _note_response(self, response: Any) -> None:
        if response.status >= 400 and response.url.startswith(self.url):
            self.faults.append(f"{response.status}: {response.url}")
