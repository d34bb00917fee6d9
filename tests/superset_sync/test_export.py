"""What of a running instance goes into the folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from superset_sync.assets import Assets
from superset_sync.errors import ConflictError, SyncError
from superset_sync.export import make_export
from superset_sync.written import write
from tests.superset_sync.folders import CHART, DASHBOARD, OTHER_CHART, SETTINGS, resolved, sound_folders
from tests.superset_sync.instances import Instance

HAND_MADE = "33333333-0000-4000-8000-00000000000a"


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return resolved(tmp_path, sound_folders())


@pytest.fixture
def instance(assets: Assets) -> Instance:
    return Instance(assets)


def by_hand(instance: Instance, name: str) -> None:
    fields = {**instance.stored[CHART][1], "uuid": HAND_MADE, "slice_name": name}
    instance.stored[HAND_MADE] = ("charts", fields)
    instance.numbers[HAND_MADE] = 99


def test_nothing_changed_writes_nothing(assets: Assets, instance: Instance) -> None:
    found = make_export(assets, instance.live(), settings=SETTINGS)
    assert (found.written, found.removed, found.newer, found.by_hand) == ({}, (), (), ())


def test_a_renamed_chart_keeps_its_file(assets: Assets, instance: Instance) -> None:
    instance.edit(CHART, slice_name="People a day")
    found = make_export(assets, instance.live(), settings=SETTINGS)
    assert list(found.written) == ["charts/daily_users.yaml"]
    expected = {**sound_folders()["charts/daily_users.yaml"], "slice_name": "People a day"}
    assert yaml.safe_load(found.written["charts/daily_users.yaml"]) == expected


def test_empty_folders_get_everything_that_was_applied_under_its_name(assets: Assets, instance: Instance) -> None:
    instance.edit(CHART, slice_name="People a day")
    by_hand(instance, "Mine")
    found = make_export(Assets(), instance.live(), settings=SETTINGS)
    assert sorted(found.written) == sorted(asset.file for _, asset in assets)
    assert found.written["datasets/Reports/active_users.yaml"] == write(assets.datasets[0].content)


def test_what_somebody_made_joins_by_name_with_a_file_of_its_title(assets: Assets, instance: Instance) -> None:
    by_hand(instance, "Users: „Größe“!")
    assert make_export(assets, instance.live(), settings=SETTINGS).by_hand == ("Users: „Größe“!",)
    found = make_export(assets, instance.live(), settings=SETTINGS, add=["users: „größe“!"])
    assert list(found.written) == ["charts/users_groe.yaml"]


def test_a_title_that_has_a_file_already_gets_another(assets: Assets, instance: Instance) -> None:
    by_hand(instance, "Daily users")
    found = make_export(assets, instance.live(), settings=SETTINGS, add=[HAND_MADE])
    assert list(found.written) == ["charts/daily_users_33333333.yaml"]


def test_a_name_that_nothing_or_more_than_one_has_is_told(assets: Assets, instance: Instance) -> None:
    by_hand(instance, "Daily users")
    with pytest.raises(SyncError, match="Nothing in Superset is called 'Nope'"):
        make_export(assets, instance.live(), settings=SETTINGS, add=["Nope"])
    with pytest.raises(SyncError, match="2 assets are called 'Daily users'"):
        make_export(assets, instance.live(), settings=SETTINGS, add=["Daily users"])


def test_a_chart_that_was_put_on_a_managed_page_comes_along(assets: Assets, instance: Instance) -> None:
    by_hand(instance, "Mine")
    position = json.loads(instance.stored[DASHBOARD][1]["position_json"])
    position["CHART-x7"] = {"type": "CHART", "id": "CHART-x7", "children": [], "meta": {"chartId": 99}}
    instance.edit(DASHBOARD, position_json=json.dumps(position))
    found = make_export(assets, instance.live(), settings=SETTINGS)
    assert list(found.written) == ["charts/mine.yaml", "dashboards/users.yaml"]
    placed = yaml.safe_load(found.written["dashboards/users.yaml"])["position"]["CHART-x7"]["meta"]
    assert placed == {"uuid": HAND_MADE}


def test_a_chart_that_was_deleted_loses_its_file_and_its_places(assets: Assets, instance: Instance) -> None:
    del instance.stored[OTHER_CHART]
    found = make_export(assets, instance.live(), settings=SETTINGS)
    assert found.removed == ("charts/first_users.yaml",)
    page = yaml.safe_load(found.written["dashboards/users.yaml"])
    assert "CHART-2" not in page["position"]
    assert page["position"]["ROW-1"]["children"] == ["CHART-1"]
    assert page["metadata"]["native_filter_configuration"][0]["scope"]["excluded"] == []


def _edited(tmp_path: Path) -> Assets:
    folders: dict[str, Any] = sound_folders()
    folders["charts/daily_users.yaml"]["params"]["row_limit"] = 20
    return resolved(tmp_path / "after", folders)


def test_a_file_that_is_newer_stays(tmp_path: Path, instance: Instance) -> None:
    found = make_export(_edited(tmp_path), instance.live(), settings=SETTINGS)
    assert (found.written, found.newer) == ({}, ("charts/daily_users.yaml",))


def test_changed_on_both_sides_is_a_conflict_unless_forced(tmp_path: Path, instance: Instance) -> None:
    instance.edit_params(CHART, row_limit=10)
    with pytest.raises(ConflictError, match=r"charts/daily_users\.yaml.*--force"):
        make_export(_edited(tmp_path), instance.live(), settings=SETTINGS)
    found = make_export(_edited(tmp_path), instance.live(), settings=SETTINGS, force=True)
    assert yaml.safe_load(found.written["charts/daily_users.yaml"])["params"]["row_limit"] == 10


def test_deleted_there_and_changed_here_is_a_conflict(tmp_path: Path, instance: Instance) -> None:
    del instance.stored[CHART]
    with pytest.raises(ConflictError, match=r"charts/daily_users\.yaml"):
        make_export(_edited(tmp_path), instance.live(), settings=SETTINGS)


def test_a_file_that_was_never_applied_there_stays(tmp_path: Path, instance: Instance) -> None:
    del instance.stored[CHART], instance.applied[CHART]
    assert make_export(_edited(tmp_path), instance.live(), settings=SETTINGS).removed == ()


def test_what_the_folders_dropped_does_not_come_back(tmp_path: Path, instance: Instance) -> None:
    folders = sound_folders()
    for file in ("alerts/No_users.yaml", "dashboards/users.yaml", "charts/first_users.yaml"):
        del folders[file]
    found = make_export(resolved(tmp_path / "after", folders), instance.live(), settings=SETTINGS)
    assert found.written == {}
