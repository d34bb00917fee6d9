"""What Superset really asks the report store: the SQL of every chart and filter of a dashboard, from a browser."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.browser.superset import SupersetPage


@dataclass(frozen=True)
class ChartQuery:
    """One statement that a dashboard sends. A filter's list of values is called `filter <its column>`."""

    dashboard: str
    chart: str
    sql: str


def queries_of(page: SupersetPage, slug: str, dates: tuple[dt.date, dt.date] | None = None) -> list[ChartQuery]:
    """Open a dashboard as it comes, or on `dates`; every statement behind it, each once."""
    status, answer = page.request("GET", "/api/v1/chart/?q=(columns:!(id,slice_name),page_size:100)")
    assert status == 200, answer
    names = {chart["id"]: chart["slice_name"] for chart in answer["result"]}
    answers: list[Any] = []

    def note(response: Any) -> None:
        if "/api/v1/chart/data" in response.url:
            answers.append(response)

    page.page.on("response", note)
    page.open_dashboard(slug, dates)
    # The lists of the filters may come after the charts.
    page.page.wait_for_load_state("networkidle")
    page.page.remove_listener("response", note)
    found: dict[ChartQuery, None] = {}
    for response in answers:
        asked = response.request.post_data_json
        form = asked.get("form_data") or {}
        column = (asked["queries"][0].get("columns") or [""])[0]
        name = names.get(form.get("slice_id")) or f"filter {column}"
        for result in response.json()["result"]:
            found[ChartQuery(slug, name, result["query"])] = None
    return list(found)
