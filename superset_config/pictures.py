"""Pictures of dashboards and charts: taken by Debian's Chromium, and only when every chart is drawn."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from PIL import Image

from superset_config.errors import BrowserMissingError, PictureBlankError
from superset_config.wrapping import wrap

_SHADES = 16

# A chart that is loading has a spinner, one that waits for its turn has nothing; an error is something to show.
_DRAWN = """() => {
    const charts = [...document.querySelectorAll('[data-test="chart-grid-component"], .chart-container')];
    return charts.length > 0 && !document.querySelector('.loading, [data-test="loading-indicator"]')
        && charts.every(chart => chart.querySelector('[id^="chart-id-"] > *, .ant-alert, [role="alert"], .ant-empty'));
}"""
# ECharts draws its lines in; it is at the end when half a second changes nothing any more.
STILL = """() => new Promise(resolve => {
    const shape = () => [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join();
    let before = shape();
    const timer = setInterval(() => {
        const now = shape();
        if (now === before) { clearInterval(timer); resolve(true); }
        before = now;
    }, 500);
})"""


def launch_options(asked: Mapping[str, Any], *, program: str | None, has_sandbox: bool) -> dict[str, Any]:
    """How to start the browser. Raises BrowserMissingError."""
    if program is None:
        raise BrowserMissingError("Chromium is not installed on this machine: run make install.")
    return {**asked, "executable_path": program, "chromium_sandbox": has_sandbox}


def can_have_sandbox() -> bool:
    """Whether Chromium's sandbox works here: not for root, nor in a container, which is one itself.

    It is made of a user namespace, which engines of containers forbid.
    """
    if os.geteuid() == 0:
        return False
    made = subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False)
    return made.returncode == 0


def use_installed_chromium() -> None:
    """Let Playwright start the browser of this machine, for which Superset has no setting."""
    from playwright.sync_api import BrowserType  # noqa: PLC0415 - absent where only the pure parts are tested

    def launch(original: Callable[..., Any], browser: Any, **asked: Any) -> Any:
        found = shutil.which("chromium")
        return original(browser, **launch_options(asked, program=found, has_sandbox=can_have_sandbox()))

    wrap(BrowserType, "launch", launch)


@contextmanager
def whole_page_in_window(page: Any) -> Iterator[None]:
    """A window as high as its page: what lies outside is painted with the picture or, on a busy machine, not."""
    before = page.viewport_size
    page.set_viewport_size({**before, "height": page.evaluate("document.documentElement.scrollHeight")})
    try:
        yield
    finally:
        page.set_viewport_size(before)


def is_blank(picture: bytes) -> bool:
    """Whether a PNG shows nothing: a text alone has more shades than this."""
    return Image.open(BytesIO(picture)).convert("RGB").getcolors(_SHADES) is not None


def wait_for_charts() -> None:
    """Let Superset take a picture when the page is complete; one that never is fails the report, by a timeout.

    Superset looks once which spinners there are, and does not see those that a busy machine shows a moment later.
    """
    from superset.utils.webdriver import WebDriverPlaywright  # noqa: PLC0415

    def take(original: Callable[..., bytes], page: Any, element: Any, element_name: str) -> bytes:
        page.wait_for_function(_DRAWN)
        with whole_page_in_window(page):
            page.wait_for_function(_DRAWN)
            page.wait_for_function(STILL)
            picture = original(page, element, element_name)
        if is_blank(picture):
            raise PictureBlankError(f"Chromium gave an empty picture of {page.url}.")
        return picture

    wrap(WebDriverPlaywright, "_get_screenshot", take)
