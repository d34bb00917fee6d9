from __future__ import annotations

import copy
from pathlib import Path

from superset_sync.check import check
from superset_sync.rules import Rule
from tests.superset_sync.folders import DATASET, DECLARED, OTHER_CHART, sound_folders, written
from tests.superset_sync.planting import DATASET_FILE, PAGE, TABLE, Folders


def findings(root: Path, folders: Folders) -> list[str]:
    return [str(finding) for finding in check(written(root, folders), DECLARED) if finding.rule is Rule.SUMS]


def test_people_may_be_summed_over_days_by_nobody_but_shown_day_by_day(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[TABLE]["params"].update(groupby=["date"], metrics=["daily_users"], column_config={})
    folders[TABLE]["params"].pop("conditional_formatting")
    assert findings(tmp_path, folders) == []
    folders[TABLE]["params"].update(aggregation="sum")
    assert len(findings(tmp_path, folders)) == 1


def test_people_may_be_averaged_over_days(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[DATASET_FILE]["metrics"][1]["expression"] = "SUM(dau) / COUNT(DISTINCT date)"
    assert findings(tmp_path, folders) == []


def test_a_filter_in_the_chart_may_hold_a_key_to_one_value(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[TABLE]["params"]["metrics"].append("daily_users")
    one_day = {"expressionType": "SIMPLE", "subject": "date", "operator": "==", "comparator": "2026-01-01"}
    folders[TABLE]["params"]["adhoc_filters"] = [one_day]
    assert findings(tmp_path, folders) == []
    folders[TABLE]["params"]["adhoc_filters"] = [{**one_day, "operator": ">="}]
    assert len(findings(tmp_path, folders)) == 1


def test_a_required_filter_of_every_dashboard_may_hold_a_key_to_one_value(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[TABLE]["params"]["metrics"].append("daily_users")
    required = {
        "id": "NATIVE_FILTER-day",
        "name": "Day",
        "targets": [{"datasetUuid": DATASET, "column": {"name": "date"}}],
        "controlValues": {"multiSelect": False, "enableEmptyFilter": True},
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }
    filters = folders[PAGE]["metadata"]["native_filter_configuration"]
    filters.append(required)
    assert findings(tmp_path, folders) == []
    filters[-1] = {**required, "controlValues": {"multiSelect": True, "enableEmptyFilter": True}}
    assert len(findings(tmp_path, folders)) == 1
    filters[-1] = {**required, "scope": {"rootPath": ["ROOT_ID"], "excluded": [OTHER_CHART]}}
    assert len(findings(tmp_path, folders)) == 1
    filters[-1] = required
    other = copy.deepcopy(folders[PAGE])
    other.update(uuid="44444444-0000-4000-8000-000000000002", slug="others")
    other["metadata"]["native_filter_configuration"].pop()
    folders["dashboards/others.yaml"] = other
    assert len(findings(tmp_path, folders)) == 1


def test_a_query_passes_on_what_may_be_summed(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[DATASET_FILE]["sql"] = (
        "SELECT u.date, u.country, u.platform, CASE WHEN u.date > f.first THEN u.dau END AS dau, u.new_users "
        "FROM active_users AS u CROSS JOIN (SELECT MIN(date) AS first FROM days) AS f"
    )
    assert findings(tmp_path, folders) == []
    folders[TABLE]["params"]["metrics"].append("daily_users")
    assert len(findings(tmp_path, folders)) == 1
