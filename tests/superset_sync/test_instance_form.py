from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from settings.environment import PROJECT
from superset_sync.instance_form import SUPERSET_VERSION, Numbers, stored_chart, stored_dashboard, stored_query
from tests.superset_sync.folders import CHART, DATASET, FOLDERS, OTHER_CHART

NUMBERS = Numbers(charts={CHART: 1, OTHER_CHART: 27}, datasets={DATASET: 5})
FORMULA = {"name": "one", "annotationType": "FORMULA", "sourceType": "", "value": "1"}
MARK = {"name": "Release", "sourceType": "table", "value": OTHER_CHART}


def test_it_is_written_for_the_version_that_is_installed() -> None:
    pinned = (Path(PROJECT) / "requirements" / "superset.in").read_text()
    assert re.search(rf"^apache-superset=={re.escape(SUPERSET_VERSION)}$", pinned, re.MULTILINE)


def test_marks_name_their_chart_by_its_number() -> None:
    chart = {**FOLDERS["charts/daily_users.yaml"]}
    chart["params"] = {**chart["params"], "annotation_layers": [FORMULA, MARK]}
    params = json.loads(stored_chart(chart, NUMBERS)["params"])
    assert params["annotation_layers"] == [FORMULA, {**MARK, "value": 27}]
    assert params["datasource"] == "5__table"


def test_a_table_of_rows_is_stored_with_its_query_for_the_marks_that_come_from_it() -> None:
    params = {
        "query_mode": "raw",
        "all_columns": ["date", "country"],
        "order_by_cols": ['["date", false]'],
        "row_limit": 10,
    }
    stored = json.loads(stored_query(params, 5) or "")
    (query,) = stored["queries"]
    assert (query["columns"], query["orderby"], query["row_limit"]) == (["date", "country"], [["date", False]], 10)
    assert stored["datasource"] == {"id": 5, "type": "table"}


def test_an_older_query_of_a_chart_is_emptied() -> None:
    assert stored_chart(FOLDERS["charts/daily_users.yaml"], NUMBERS)["query_context"] is None


def test_labels_have_their_colours_before_anybody_has_edited_the_page() -> None:
    dashboard = {**FOLDERS["dashboards/users.yaml"]}
    dashboard["metadata"] = {"label_colors": {"Android": "#009e73"}, "color_scheme": "groundup"}
    metadata = json.loads(stored_dashboard(dashboard, NUMBERS, schemes={"groundup": ["#1", "#2"]})["json_metadata"])
    assert metadata["map_label_colors"] == {"Android": "#009e73"}
    assert metadata["color_scheme_domain"] == ["#1", "#2"]


def test_a_filter_that_leaves_a_chart_alone_names_it_by_number() -> None:
    dashboard = FOLDERS["dashboards/users.yaml"]
    metadata = json.loads(stored_dashboard(dashboard, NUMBERS)["json_metadata"])
    country = metadata["native_filter_configuration"][0]
    assert country["scope"]["excluded"] == [27]
    assert country["targets"] == [{"datasetId": 5, "column": {"name": "country"}}]


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(KeyError, match=OTHER_CHART):
        stored_dashboard(FOLDERS["dashboards/users.yaml"], Numbers(charts={CHART: 1}, datasets={DATASET: 5}))


def test_a_page_shows_a_chart_by_its_name() -> None:
    stored = stored_dashboard(FOLDERS["dashboards/users.yaml"], NUMBERS, titles={CHART: "Daily users"})
    assert json.loads(stored["position_json"])["CHART-1"]["meta"]["sliceName"] == "Daily users"
