"""Every chart's query in a running Superset."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings.environment import PROJECT, Environment
from superset_sync.assets import read_assets
from superset_sync.chart_query import chart_query
from superset_sync.live_queries import check_live

CHART = "charts/active_users.yaml"
OTHER = "charts/every_event.yaml"
SOUND = "charts/growth_bars.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in (CHART, OTHER, SOUND):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / file, tmp_path / file)
    return tmp_path


def change(root: Path, file: str, **params: Any) -> None:
    content = yaml.safe_load((root / file).read_text(encoding="utf-8"))
    content["params"].update(params)
    (root / file).write_text(yaml.safe_dump(content), encoding="utf-8")


def test_only_what_mysql_cannot_answer_is_told(stack: Any, root: Path) -> None:
    environment: Environment = stack.environment
    own = {"expressionType": "SQL", "sqlExpression": "NO_SUCH_FUNCTION(dau)", "label": "Mine"}
    change(root, CHART, metrics=[own])
    lost = yaml.safe_load((root / OTHER).read_text(encoding="utf-8"))
    lost["dataset_uuid"] = "99999999-0000-4000-8000-000000000009"
    (root / OTHER).write_text(yaml.safe_dump(lost), encoding="utf-8")
    unanswered, unpublished = check_live(environment, root)
    assert str(unanswered).startswith(f"{CHART}: its query fails (")
    assert "NO_SUCH_FUNCTION" in unanswered.what
    assert str(unpublished) == f"{OTHER}: its dataset is not live: publish it with `groundup assets apply`"


def test_every_chart_of_the_repository_is_answered(stack: Any) -> None:
    done = stack.run("assets", "check", "--live")
    assert done.stdout == "The asset folders hold together, and every chart's query is answered.\n"


class TestQuery:
    def test_an_axis_is_cut_into_its_grain(self) -> None:
        params = {"x_axis": "date", "time_grain_sqla": "P1W", "metrics": ["users"], "groupby": ["country"]}
        [query] = chart_query("echarts_timeseries_line", params, 7, 10)["queries"]
        axis, country = query["columns"]
        assert (axis["label"], axis["timeGrain"], country) == ("date", "P1W", "country")
        assert query["metrics"] == ["users"]

    def test_rows_have_no_metrics(self) -> None:
        params = {
            "query_mode": "raw",
            "all_columns": ["date"],
            "metrics": ["users"],
            "groupby": ["country"],
            "order_by_cols": ['["date", false]'],
        }
        [query] = chart_query("table", params, 7, 10)["queries"]
        assert (query["columns"], query["metrics"], query["orderby"]) == (["date"], [], [["date", False]])

    def test_filters_of_both_kinds_are_asked(self) -> None:
        params = {
            "metric": "users",
            "adhoc_filters": [
                {
                    "expressionType": "SIMPLE",
                    "subject": "date",
                    "operator": "TEMPORAL_RANGE",
                    "comparator": "No filter",
                },
                {"expressionType": "SIMPLE", "subject": "day_n", "operator": "<=", "comparator": 30},
                {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": "a = 1 OR b = 2"},
                {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": "c = 3"},
                {"expressionType": "SQL", "clause": "HAVING", "sqlExpression": "SUM(d) > 4"},
            ],
        }
        [query] = chart_query("big_number_total", params, 7, 10)["queries"]
        assert query["filters"] == [{"col": "day_n", "op": "<=", "val": 30}]
        assert query["extras"] == {"where": "(a = 1 OR b = 2) AND (c = 3)", "having": "(SUM(d) > 4)"}

    def test_a_mixed_chart_asks_twice(self) -> None:
        params = {"x_axis": "date", "metrics": ["a"], "metrics_b": ["b"], "groupby": ["c"], "groupby_b": ["d"]}
        first, second = chart_query("mixed_timeseries", params, 7, 10)["queries"]
        assert (first["metrics"], first["columns"][1:]) == (["a"], ["c"])
        assert (second["metrics"], second["columns"][1:]) == (["b"], ["d"])

    def test_every_chart_of_the_repository_asks_for_something(self) -> None:
        for chart in read_assets(PROJECT).charts:
            [query] = chart_query(chart.content["viz_type"], chart.content["params"], 7, 10)["queries"]
            assert query["columns"] or query["metrics"], chart.file
