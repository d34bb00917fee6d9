"""The picture of docs/airflow.md: the graph of the DAG `daily`.

python -m docs.airflow_image — of the Airflow that `groundup up airflow` started, as the employee sees it.
"""

from __future__ import annotations

from settings.environment import PROJECT, load_environment
from tests.browser.superset import open_browser

# Wide and low, as the graph is.
_VIEWPORT = {"width": 1800, "height": 400}


def main() -> None:
    """Takes the picture into docs/images/."""
    environment = load_environment()
    with open_browser() as browser:
        page = browser.new_page(viewport=_VIEWPORT)
        page.set_default_timeout(120_000)
        page.goto(f"{environment.airflow_url}/auth/login")
        page.get_by_label("Username").fill("employee")
        page.get_by_label("Password").fill(environment.employee_password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{environment.airflow_url}/")
        page.goto(f"{environment.airflow_url}/dags/daily")
        page.get_by_text("publish").first.wait_for()
        page.keyboard.press("g")
        page.locator(".react-flow__node").first.wait_for()
        # The graph is laid out, then moves to its place.
        page.wait_for_timeout(3000)
        page.add_style_tag(content=".react-flow__minimap, .react-flow__panel { display: none }")
        page.locator(".react-flow").screenshot(path=PROJECT / "docs" / "images" / "airflow-daily.png")


if __name__ == "__main__":
    main()
