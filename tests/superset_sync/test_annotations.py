from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import yaml

from superset_sync.annotations import layers, marked_params, sources
from superset_sync.bundle import make_bundle
from tests.superset_sync.folders import CHART, OTHER_CHART, sound_folders, written

FORMULA = {"name": "one", "annotationType": "FORMULA", "sourceType": "", "value": "1"}
MARK = {"name": "Release", "sourceType": "table", "value": OTHER_CHART, "timeColumn": "date", "titleColumn": "country"}


def _folders() -> dict[str, Any]:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["params"]["annotation_layers"] = [FORMULA, MARK]
    folders["charts/first_users.yaml"]["params"].update(
        all_columns=["date", "country"], order_by_cols=['["date", false]'], row_limit=10
    )
    return folders


def test_marks_name_their_chart_by_its_number_on_the_instance(tmp_path: Path) -> None:
    assets = written(tmp_path, _folders())
    assert [layers(chart) for chart in assets.charts] == [[MARK], []]
    assert sources(assets) == {OTHER_CHART}
    (params,) = marked_params(assets, {CHART: 1, OTHER_CHART: 27}).values()
    assert json.loads(params)["annotation_layers"] == [FORMULA, {**MARK, "value": 27}]


def test_the_chart_that_marks_come_from_is_sent_with_its_query(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(make_bundle(written(tmp_path, _folders())))) as bundle:
        sent = {
            file: yaml.safe_load(bundle.read(f"assets/{file}")) for file in _folders() if file.startswith("charts/")
        }
    assert "query_context" not in sent["charts/daily_users.yaml"]
    (query,) = json.loads(sent["charts/first_users.yaml"]["query_context"])["queries"]
    assert (query["columns"], query["orderby"], query["row_limit"]) == (["date", "country"], [["date", False]], 10)
