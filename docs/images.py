"""The pictures of the README: the home page and every dashboard of a running stack, on a wall and on a phone.

python -m docs.images — of the stack that `make up` started, as the employee sees it.
"""

from __future__ import annotations

import yaml

from settings.environment import PROJECT, load_environment
from tests.browser.superset import PHONE, WALL, SupersetPage, open_browser


def main() -> None:
    """Takes the pictures into docs/images/."""
    environment = load_environment()
    slugs = [yaml.safe_load(path.read_text())["slug"] for path in sorted((PROJECT / "dashboards").glob("*.yaml"))]
    with open_browser() as browser:
        for name, viewport in (("wall", WALL), ("phone", PHONE)):
            page = SupersetPage.sign_in(
                browser, environment.superset_url, "employee", environment.employee_password, viewport
            )
            page.page.goto(environment.superset_url)
            page.screenshot(PROJECT / "docs" / "images" / f"home-{name}.png")
            for slug in slugs:
                page.open_dashboard(slug)
                page.screenshot(PROJECT / "docs" / "images" / f"{slug}-{name}.png")


if __name__ == "__main__":
    main()
