"""Whether the running Superset gets an answer to every chart's query."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from settings.environment import Environment
from superset_sync.assets import Asset, read_assets
from superset_sync.chart_query import chart_query
from superset_sync.client import SupersetClient
from superset_sync.errors import RefusedError
from superset_sync.rules import Finding, Rule

_ACCOUNT = "admin"
# A statement that fails does so at the first row.
_ROWS = 10
# Most of a question is waiting.
_AT_A_TIME = 4


def check_live(environment: Environment, root: Path, say: Callable[[str], None] = lambda _: None) -> list[Finding]:
    """Run the query of every chart below `root` as the folders say it, and find those that fail.

    `say` is told what takes time.

    Raises SupersetUnreachableError or SignInError.
    """
    charts = read_assets(root).charts
    with SupersetClient(environment.superset_url, _ACCOUNT, environment.admin_password) as client:
        datasets = {str(item["uuid"]): int(item["id"]) for item in client.list("/api/v1/dataset/", ["id", "uuid"])}
        say(f"Asking Superset for {len(charts)} charts")
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            found = pool.map(lambda chart: _ask(client, chart, datasets), charts)
            return [finding for finding in found if finding is not None]


def _ask(client: SupersetClient, chart: Asset, datasets: dict[str, int]) -> Finding | None:
    dataset = datasets.get(str(chart.content["dataset_uuid"]).lower())
    if dataset is None:
        remedy = "publish it with `groundup assets apply`"
        return Finding(chart.file, "its dataset is not live", remedy, Rule.LIVE)
    body = chart_query(str(chart.content["viz_type"]), chart.content["params"], dataset, _ROWS)
    try:
        answer = client.post("/api/v1/chart/data", body)
    except RefusedError as error:
        return Finding(chart.file, f"its query fails ({_reason(str(error))})", _REMEDY, Rule.LIVE)
    errors = [str(result["error"]) for result in answer.get("result", []) if result.get("error")]
    return Finding(chart.file, f"its query fails ({_reason(errors[0])})", _REMEDY, Rule.LIVE) if errors else None


_REMEDY = "correct the chart or its dataset, or load the reports with `groundup load`"


def _reason(text: str) -> str:
    return " ".join(text.split())
