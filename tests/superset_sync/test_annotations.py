from __future__ import annotations

from pathlib import Path

from superset_sync.annotations import layers
from tests.superset_sync.folders import OTHER_CHART, sound_folders, written

FORMULA = {"name": "one", "annotationType": "FORMULA", "sourceType": "", "value": "1"}
MARK = {"name": "Release", "sourceType": "table", "value": OTHER_CHART, "timeColumn": "date", "titleColumn": "country"}


def test_marks_from_a_chart_s_rows_are_told_from_formulas(tmp_path: Path) -> None:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["params"]["annotation_layers"] = [FORMULA, MARK]
    assert [layers(chart) for chart in written(tmp_path, folders).charts] == [[MARK], []]
