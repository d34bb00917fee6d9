"""Reading a picture of the daily report by comparing it with what Chromium draws of the same page."""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.browser.superset import SupersetPage

# As reports are taken: superset_config.delivery.
WINDOW = {"width": 1440, "height": 900}
_TILE = '[data-test-chart-name="{}"] .header-line'


def opened(content: bytes) -> Image.Image:
    """A picture, whole and without transparency."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that are not alike, from 0 to 1."""
    assert one.size == other.size
    grey = ImageChops.difference(one, other).convert("L").point(lambda value: 255 * (value > 24))
    return grey.histogram()[255] / (one.width * one.height)


class Reference:
    """The page as an employee's browser draws it, and what it would look like with another figure in it."""

    def __init__(self, browser: Browser, url: str, password: str) -> None:
        self.employee = SupersetPage.sign_in(browser, url, "employee", password, viewport=WINDOW)
        self.employee.page.goto(f"{url}/superset/dashboard/daily-report/?standalone=3")
        self.employee.wait_for_charts()

    def picture(self) -> Image.Image:
        """The whole page."""
        return opened(self.employee.page.screenshot(full_page=True))

    def box(self, selector: str) -> tuple[int, int, int, int]:
        """Where something stands on the page: left, top, right, bottom, in pixels."""
        box = self.employee.page.locator(selector).bounding_box()
        assert box is not None
        scrolled = self.employee.page.evaluate("window.scrollY")
        left, top = int(box["x"]), int(box["y"] + scrolled)
        return left, top, left + int(box["width"]), top + int(box["height"])

    def read(self, picture: Image.Image, tile: str, candidates: Iterable[str]) -> dict[str, float]:
        """Candidate → how far what stands in a tile of the picture is from it, as Chromium draws it there."""
        selector = _TILE.format(tile)
        figure = self.employee.page.locator(selector)
        written = figure.inner_text()
        box = self.box(selector)
        found = {}
        for candidate in candidates:
            figure.evaluate("(element, text) => { element.textContent = text }", candidate)
            found[candidate] = difference(picture.crop(box), self.picture().crop(box))
        figure.evaluate("(element, text) => { element.textContent = text }", written)
        return found
