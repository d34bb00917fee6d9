"""The one form: what an instance invents is not in it, and what it says survives the way there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from settings.environment import PROJECT
from superset_sync import stripped
from superset_sync.assets import read_assets
from superset_sync.check_roles import permissions
from superset_sync.normalise import canonical, comparable, text, written
from superset_sync.resolved import Instance as Resolving
from superset_sync.resolved import as_file, resolve
from tests.superset_sync.folders import CHART, DASHBOARD, DATASET, OTHER_CHART, SETTINGS, sound_folders
from tests.superset_sync.folders import resolved as on_disk
from tests.superset_sync.instances import Instance

ASSETS = resolve(read_assets(PROJECT), Resolving(permissions(), SETTINGS))


@pytest.mark.parametrize(("kind", "asset"), list(ASSETS), ids=lambda value: getattr(value, "file", ""))
def test_the_repository_s_files_come_back_from_an_instance_as_they_are(kind: str, asset: Any) -> None:
    content = Instance(ASSETS).live().assets[asset.uuid].content
    assert text(comparable(kind, content)) == text(comparable(kind, asset.meant))
    said = as_file(kind, content, asset.content, Resolving(permissions(), SETTINGS), {})
    assert text(written(kind, said, asset.content)) == text(asset.content)


@pytest.mark.parametrize(("kind", "asset"), list(ASSETS), ids=lambda value: getattr(value, "file", ""))
def test_the_form_of_a_form_is_itself(kind: str, asset: Any) -> None:
    form = canonical(kind, asset.content)
    assert canonical(kind, form) == form


def test_two_instances_with_other_numbers_look_the_same() -> None:
    one, other = (Instance(ASSETS, first).live().assets for first in (10, 1000))
    assert {uuid: asset.content for uuid, asset in one.items()} == {
        uuid: asset.content for uuid, asset in other.items()
    }


def test_what_explore_adds_to_a_chart_is_left_out(tmp_path: Path) -> None:
    assets = on_disk(tmp_path, sound_folders())
    instance = Instance(assets)
    before = text(instance.live().assets[CHART].content)
    column = {"column_name": "dau", "id": 3, "uuid": "f", "changed_on": "x", "created_on": "x"}
    named = {"expressionType": "SIMPLE", "aggregate": "SUM", "column": {"column_name": "dau"}, "label": "a"}
    instance.edit_params(CHART, metrics=["daily_users", named], adhoc_filters=[{"expressionType": "SQL"}])
    plain = text(instance.live().assets[CHART].content)
    instance.edit_params(
        CHART,
        slice_id=27,
        dashboards=[1],
        dashboardId=1,
        url_params={"a": "b"},
        annotation_layers=[],
        extra_form_data={},
        metrics=["daily_users", {**named, "column": column, "optionName": "metric_x7"}],
        adhoc_filters=[{"expressionType": "SQL", "filterOptionName": "filter_x7"}],
    )
    instance.edit(CHART, query_context='{"queries": []}', certified_by="")
    assert text(instance.live().assets[CHART].content) == plain != before


def test_what_the_dashboard_editor_adds_is_left_out(tmp_path: Path) -> None:
    instance = Instance(on_disk(tmp_path, sound_folders()))
    before = text(instance.live().assets[DASHBOARD].content)
    metadata = json.loads(instance.stored[DASHBOARD][1]["json_metadata"])
    numbers = [instance.numbers[uuid] for uuid in (CHART, OTHER_CHART)]
    for item in metadata["native_filter_configuration"]:
        item.update(chartsInScope=numbers, tabsInScope=[])
    metadata.update(
        map_label_colors={"Android": "#000000"},
        shared_label_colors=["Android"],
        color_scheme_domain=["#000000"],
        timed_refresh_immune_slices=[],
        global_chart_configuration={"scope": {"rootPath": ["ROOT_ID"], "excluded": []}, "chartsInScope": numbers},
        chart_configuration={
            str(number): {"id": number, "crossFilters": {"scope": "global", "chartsInScope": numbers}}
            for number in numbers
        },
    )
    instance.edit(DASHBOARD, json_metadata=json.dumps(metadata), css="")
    assert text(instance.live().assets[DASHBOARD].content) == before


def test_charts_are_named_by_uuid_wherever_a_dashboard_names_one(tmp_path: Path) -> None:
    folders = sound_folders()
    own = {"crossFilters": {"scope": {"rootPath": ["ROOT_ID"], "excluded": [OTHER_CHART]}}}
    folders["dashboards/users.yaml"]["metadata"].update(
        chart_configuration={CHART: own},
        expanded_slices={CHART: True},
        timed_refresh_immune_slices=[OTHER_CHART],
        global_chart_configuration={"scope": {"rootPath": ["ROOT_ID"], "excluded": [CHART]}},
    )
    instance = Instance(on_disk(tmp_path, folders))
    stored = json.loads(instance.stored[DASHBOARD][1]["json_metadata"])
    number, other = (instance.numbers[uuid] for uuid in (CHART, OTHER_CHART))
    assert stored["chart_configuration"][str(number)]["id"] == number
    assert stored["chart_configuration"][str(number)]["crossFilters"]["scope"]["excluded"] == [other]
    assert stored["expanded_slices"] == {str(number): True}
    assert stored["timed_refresh_immune_slices"] == [other]
    assert (
        instance.live().assets[DASHBOARD].content["metadata"]
        == canonical("dashboards", folders["dashboards/users.yaml"])["metadata"]
    )


def test_what_was_deleted_in_the_browser_is_still_known_by_its_number(tmp_path: Path) -> None:
    instance = Instance(on_disk(tmp_path, sound_folders()))
    before = text(instance.live().assets[DASHBOARD].content)
    del instance.stored[OTHER_CHART]
    assert text(instance.live().assets[DASHBOARD].content) == before
    del instance.stored[DATASET]
    assert instance.live().assets[CHART].content["dataset_uuid"] == DATASET
    instance.edit(CHART, datasource_id=None)
    assert instance.live().assets[CHART].content["dataset_uuid"] == DATASET


def test_a_file_keeps_its_order_and_leaves_out_what_it_left_out() -> None:
    file = {
        "uuid": DATASET,
        "table_name": "active_users",
        "columns": [{"column_name": "b"}, {"column_name": "a", "description": "x"}],
        "database_uuid": "d",
    }
    live = canonical("datasets", {**file, "columns": [*reversed(file["columns"]), {"column_name": "c"}]})
    live["columns"][0]["description"] = "y"
    found = written("datasets", live, file)
    assert list(found) == list(file)
    assert found["columns"] == [{"column_name": "b"}, {"column_name": "a", "description": "y"}, found["columns"][2]]
    assert found["columns"][2]["filterable"] is True


def test_a_dataset_s_columns_have_no_order() -> None:
    columns = [{"column_name": "a"}, {"column_name": "b"}]
    one, other = ({"uuid": "u", "table_name": "t", "columns": side} for side in (columns, columns[::-1]))
    assert comparable("datasets", one) == comparable("datasets", other)


def test_one_and_true_are_not_the_same() -> None:
    one, other = ({"uuid": "u", "params": {"x": value}} for value in (1, True))
    assert text(comparable("charts", one)) != text(comparable("charts", other))


def test_a_password_is_never_exported(tmp_path: Path) -> None:
    instance = Instance(on_disk(tmp_path, sound_folders()))
    (uuid,) = (uuid for uuid, (kind, _) in instance.stored.items() if kind == "databases")
    instance.edit(uuid, sqlalchemy_uri="mysql+pymysql://groundup_reader:XXXXXXXXXX@127.0.0.1:13306/reports")
    content = instance.live().assets[uuid].content
    assert content["sqlalchemy_uri"] == "mysql+pymysql://groundup_reader@127.0.0.1:13306/reports"


def test_every_stripped_key_says_what_makes_it_safe_and_is_documented() -> None:
    page = (PROJECT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    for place, keys in stripped.ALL.items():
        for key, behaviour in keys.items():
            assert f"| {place} | `{key}` | {behaviour} |" in page
