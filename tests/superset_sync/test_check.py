from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from superset_sync.check import check
from tests.superset_sync.folders import CHART, DATASET, OTHER_CHART, TABLES, sound_folders, written

MISSING = "99999999-0000-4000-8000-000000000009"
DATASET_FILE = "datasets/Reports/active_users.yaml"
LINE = "charts/daily_users.yaml"
TABLE = "charts/first_users.yaml"
PAGE = "dashboards/users.yaml"
Folders = dict[str, Any]
MARK = {"name": "Release", "sourceType": "table", "value": OTHER_CHART, "timeColumn": "date", "titleColumn": "country"}


def findings(root: Path, folders: Folders) -> list[str]:
    return [str(finding) for finding in check(written(root, folders), TABLES)]


def test_sound_folders_have_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, sound_folders()) == []


def _filter(folders: Folders) -> Any:
    return folders[PAGE]["metadata"]["native_filter_configuration"][0]


FAULTS: dict[str, tuple[Callable[[Folders], object], str]] = {
    "broken YAML": (
        lambda f: f.update({LINE: "slice_name: [unclosed\nuuid: 1"}),
        f"{LINE}: cannot be read (line 2: ",
    ),
    "no mapping": (lambda f: f.update({LINE: "just text"}), f"{LINE}: holds no mapping"),
    "no uuid": (lambda f: f[LINE].pop("uuid"), f"{LINE}: has no valid uuid"),
    "uuid used twice": (lambda f: f[TABLE].update(uuid=CHART), f"{TABLE}: has the uuid of {LINE}"),
    "password in the address": (
        lambda f: f["databases/Reports.yaml"].update(sqlalchemy_uri="mysql://reader:secret@host/reports"),
        "databases/Reports.yaml: carries a password",
    ),
    "unknown database": (
        lambda f: f[DATASET_FILE].update(database_uuid=MISSING),
        f"{DATASET_FILE}: database_uuid {MISSING} is in no file of databases/",
    ),
    "unknown dataset": (
        lambda f: f[LINE].update(dataset_uuid=MISSING),
        f"{LINE}: dataset_uuid {MISSING} is in no file of datasets/",
    ),
    "unknown chart": (
        lambda f: f[PAGE]["position"]["CHART-1"]["meta"].update(uuid=MISSING),
        f"{PAGE}: CHART-1 shows {MISSING}",
    ),
    "chart in no row": (
        lambda f: f[PAGE]["position"]["ROW-1"]["children"].remove("CHART-2"),
        f"{PAGE}: CHART-2 is in no row",
    ),
    "row with an unknown child": (
        lambda f: f[PAGE]["position"]["ROW-1"]["children"].append("CHART-9"),
        f"{PAGE}: ROW-1 holds CHART-9, which is not in position",
    ),
    "no layout": (lambda f: f[PAGE].pop("position"), f"{PAGE}: has no position with a ROOT_ID"),
    "column that the report lacks": (
        lambda f: f[DATASET_FILE]["columns"].append({"column_name": "revenue"}),
        f"{DATASET_FILE}: column revenue is not in the declaration of active_users",
    ),
    "table that no report declares": (
        lambda f: f[DATASET_FILE].update(table_name="sales"),
        f"{DATASET_FILE}: no report declares the table sales",
    ),
    "query of an unknown column": (
        lambda f: f[DATASET_FILE].update(
            sql="SELECT date, country, platform, dau, first AS new_users FROM active_users"
        ),
        f"{DATASET_FILE}: the SQL does not fit the tables",
    ),
    "query of an unknown table": (
        lambda f: f[DATASET_FILE].update(sql="SELECT date FROM sales"),
        f"{DATASET_FILE}: the SQL reads `sales`, which no report declares",
    ),
    "query without a column": (
        lambda f: f[DATASET_FILE].update(sql="SELECT date, country, platform, dau FROM active_users"),
        f"{DATASET_FILE}: column new_users is not in its SQL",
    ),
    "metric of an unknown column": (
        lambda f: f[DATASET_FILE]["metrics"][0].update(expression="SUM(dua)"),
        f"{DATASET_FILE}: metric daily_users uses dua",
    ),
    "metric that is no SQL": (
        lambda f: f[DATASET_FILE]["metrics"][0].update(expression="SUM(dau"),
        f"{DATASET_FILE}: metric daily_users: `SUM(dau` cannot be parsed",
    ),
    "metric declared twice": (
        lambda f: f[DATASET_FILE]["metrics"].append({"metric_name": "daily_users", "expression": "SUM(dau)"}),
        f"{DATASET_FILE}: declares metric_name daily_users twice",
    ),
    "unknown time column": (
        lambda f: f[DATASET_FILE].update(main_dttm_col="day"),
        f"{DATASET_FILE}: main_dttm_col day is not a column",
    ),
    "chart of an unknown metric": (
        lambda f: f[LINE]["params"]["metrics"].append("revenue"),
        f"{LINE}: metric revenue is not in its dataset",
    ),
    "chart of an unknown column": (
        lambda f: f[LINE]["params"]["groupby"].append("city"),
        f"{LINE}: column city is not in its dataset",
    ),
    "chart filtered by an unknown column": (
        lambda f: f[LINE]["params"]["adhoc_filters"][0].update(subject="day"),
        f"{LINE}: column day is not in its dataset",
    ),
    "chart with a metric of its own on an unknown column": (
        lambda f: f[TABLE]["params"]["metrics"].append(
            {"expressionType": "SIMPLE", "aggregate": "SUM", "column": {"column_name": "revenue"}}
        ),
        f"{TABLE}: column revenue is not in its dataset",
    ),
    "format of an unknown column": (
        lambda f: f[TABLE]["params"]["conditional_formatting"][0].update(column="first_user"),
        f"{TABLE}: formatted column first_user is not in its dataset",
    ),
    "table of markup": (
        lambda f: f[TABLE]["params"].pop("allow_render_html"),
        f"{TABLE}: would show texts as HTML: set allow_render_html: false",
    ),
    "table of markup and of a text that is none": (
        lambda f: (
            f[DATASET_FILE]["columns"].append({"column_name": "country_html", "expression": "CONCAT(country)"}),
            f[TABLE]["params"].update(allow_render_html=True, groupby=["country_html", "country"]),
        ),
        f"{TABLE}: would show the texts of country as HTML: show a column country_html that escapes them",
    ),
    "chart of two kinds": (
        lambda f: f[LINE]["params"].update(viz_type="table"),
        f"{LINE}: names two different viz_type",
    ),
    "people summed over days": (
        lambda f: f[TABLE]["params"]["metrics"].append("daily_users"),
        f"{TABLE}: metric daily_users sums dau over date, over which it does not add",
    ),
    "people summed over the days of a week": (
        lambda f: f[LINE]["params"].update(time_grain_sqla="P1W"),
        f"{LINE}: metric daily_users sums dau over date, over which it does not add",
    ),
    "a condition does not hide the sum": (
        lambda f: f[TABLE]["params"].update(metrics=["first_users", "android_users"]),
        f"{TABLE}: metric android_users sums dau over date, over which it does not add",
    ),
    "others thrown together are a sum": (
        lambda f: f[LINE]["params"].update(groupby=["date"], group_others_when_limit_reached=True, x_axis=None),
        f"{LINE}: metric daily_users sums dau over date, over which it does not add",
    ),
    "mark from an unknown chart": (
        lambda f: f[LINE]["params"].update(annotation_layers=[{**MARK, "value": MISSING}]),
        f"{LINE}: mark Release comes from no chart of charts/",
    ),
    "mark from a chart that does not list what it shows": (
        lambda f: f[LINE]["params"].update(annotation_layers=[MARK]),
        f"{LINE}: mark Release takes date from {TABLE}, which does not list it",
    ),
    "filter of an unknown dataset": (
        lambda f: _filter(f)["targets"][0].update(datasetUuid=MISSING),
        f"{PAGE}: filter Country reads no dataset of datasets/",
    ),
    "filter of an unknown column": (
        lambda f: _filter(f)["targets"][0]["column"].update(name="city"),
        f"{PAGE}: filter Country filters city",
    ),
    "filter sorted by an unknown metric": (
        lambda f: _filter(f).update(sortMetric="revenue"),
        f"{PAGE}: filter Country sorts by revenue",
    ),
    "filter that spares an unknown chart": (
        lambda f: _filter(f)["scope"].update(excluded=[MISSING]),
        f"{PAGE}: filter Country leaves out {MISSING}",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, tmp_path: Path) -> None:
    plant, expected = FAULTS[name]
    folders = sound_folders()
    plant(folders)
    assert any(found.startswith(expected) for found in findings(tmp_path, folders)), findings(tmp_path, folders)


def test_all_faults_are_reported_at_once_with_a_remedy(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[LINE]["params"]["metrics"].append("revenue")
    folders["charts/broken.yaml"] = "a: [b"
    folders[PAGE]["position"]["CHART-1"]["meta"]["uuid"] = MISSING
    found = findings(tmp_path, folders)
    assert [finding.split(": ")[0] for finding in found] == ["charts/broken.yaml", LINE, PAGE]
    assert all(len(finding.split(": ")) >= 3 for finding in found)


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
    assert DATASET
