"""Who changed an asset, and what an apply would do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from superset_sync.apply import choose, conflict, make_order
from superset_sync.assets import Assets
from superset_sync.check_roles import permissions
from superset_sync.errors import VersionError
from superset_sync.live import live_from
from superset_sync.plan import Plan, make_plan
from superset_sync.resolved import Instance as Resolving
from superset_sync.resolved import resolve
from superset_sync.show import plan_json, plan_lines
from tests.superset_sync.folders import (
    ALERT,
    CHART,
    DASHBOARD,
    DATASET,
    OTHER_CHART,
    ROLE,
    SETTINGS,
    resolved,
    sound_folders,
)
from tests.superset_sync.instances import Instance


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return resolved(tmp_path / "before", sound_folders())


@pytest.fixture
def instance(assets: Assets) -> Instance:
    return Instance(assets)


def edited(tmp_path: Path, **params: Any) -> Assets:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["params"].update(params)
    return resolved(tmp_path / "after", folders)


def without(tmp_path: Path, file: str) -> Assets:
    folders = sound_folders()
    del folders[file]
    return resolved(tmp_path / "after", folders)


def shown(plan: Plan) -> list[str]:
    return list(plan_lines(plan))


def test_the_same_on_all_sides_is_nothing_to_do(assets: Assets, instance: Instance) -> None:
    plan = make_plan(assets, instance.live())
    assert plan == Plan()
    assert not plan.differs
    assert shown(plan) == ["Superset is as the folders say."]


def test_an_edit_in_the_folders_is_a_change_of_its_fields(tmp_path: Path, instance: Instance) -> None:
    plan = make_plan(edited(tmp_path, groupby=["platform"], row_limit=10), instance.live())
    assert shown(plan) == [
        "~ chart 'Daily users' (charts/daily_users.yaml)",
        '    params.groupby: ["country"] → ["platform"]',
        "    params.row_limit: + 10",
        "1 to change.",
    ]
    (change,) = plan.changes
    assert (change.is_touched, change.is_ours) == (False, True)


def test_an_edit_in_the_browser_says_who_and_when(assets: Assets, instance: Instance) -> None:
    instance.edit_params(CHART, row_limit=10)
    plan = make_plan(assets, instance.live())
    assert shown(plan) == [
        "~ chart 'Daily users' (charts/daily_users.yaml)",
        "    params.row_limit: - 10",
        "    changed in Superset by Ana Analyst at 2026-11-25 22:13 UTC, since it was last applied",
        "1 to change.",
    ]
    (change,) = plan.changes
    assert (change.is_touched, change.is_ours) == (True, False)
    assert "Daily users" in conflict([change])
    assert "groundup assets export" in conflict([change])
    assert choose(plan, prune=False, leave=True) == ((), (change,))


def test_an_edit_on_both_sides_is_never_left_for_later(tmp_path: Path, instance: Instance) -> None:
    instance.edit_params(CHART, row_limit=10)
    plan = make_plan(edited(tmp_path, row_limit=20), instance.live())
    (change,) = plan.changes
    assert (change.is_touched, change.is_ours) == (True, True)
    assert choose(plan, prune=False, leave=True) == ((change,), ())


def test_the_same_edit_on_both_sides_is_only_remembered(tmp_path: Path, instance: Instance) -> None:
    instance.edit_params(CHART, row_limit=10)
    after = edited(tmp_path, row_limit=10)
    plan = make_plan(after, instance.live())
    assert not plan.differs
    assert [asset.uuid for _, asset in plan.record] == [CHART]
    order = make_order(after, instance.live(), plan, [])
    assert [item["file"] for item in order["record"]] == ["charts/daily_users.yaml"]
    assert (order["assets"], order["expected"]) == ([], {})


def test_what_was_there_before_the_first_apply_is_not_overwritten_unasked(tmp_path: Path, instance: Instance) -> None:
    instance.applied.clear()
    plan = make_plan(edited(tmp_path, row_limit=10), instance.live())
    (change,) = plan.changes
    assert (change.is_touched, change.is_known) == (True, False)
    assert "    it was there before the first apply; --force overwrites it" in shown(plan)


def test_what_the_folders_dropped_is_deleted_by_prune_alone(tmp_path: Path, instance: Instance) -> None:
    plan = make_plan(without(tmp_path, "charts/first_users.yaml"), instance.live())
    (change,) = plan.changes
    assert (change.action, change.uuid, change.is_touched) == ("delete", OTHER_CHART, False)
    assert choose(plan, prune=False, leave=False) == ((), (change,))
    assert choose(plan, prune=True, leave=False) == ((change,), ())
    assert plan.differs


def test_what_people_made_by_hand_is_no_business_of_a_plan(tmp_path: Path, instance: Instance) -> None:
    del instance.applied[OTHER_CHART]
    plan = make_plan(without(tmp_path, "charts/first_users.yaml"), instance.live())
    assert (plan.changes, plan.by_hand) == ((), 1)


def test_what_a_backup_lacks_was_not_dropped(tmp_path: Path, instance: Instance) -> None:
    part = without(tmp_path, "charts/first_users.yaml")
    assert make_plan(part, instance.live(), is_complete=False).changes == ()


def test_a_deleted_chart_comes_back_with_the_pages_that_it_was_on(assets: Assets, instance: Instance) -> None:
    del instance.stored[CHART]
    live = instance.live()
    plan = make_plan(assets, live)
    assert [(change.action, change.uuid, change.is_touched) for change in plan.changes] == [("add", CHART, False)]
    order = make_order(assets, live, plan, plan.changes)
    assert [item["content"]["uuid"] for item in order["assets"]] == [CHART, DASHBOARD]
    assert order["expected"] == {CHART: None, DASHBOARD: live.assets[DASHBOARD].digest}


def test_a_deleted_dataset_comes_back_with_what_reads_it(assets: Assets, instance: Instance) -> None:
    del instance.stored[DATASET]
    # Superset takes it out of the row filters with it.
    (rule,) = instance.stored[ROLE][1]["row_filters"]
    instance.edit(ROLE, row_filters=[{**rule, "datasets": []}])
    plan = make_plan(assets, instance.live())
    assert [change.uuid for change in plan.changes] == [DATASET, ROLE]
    assert [asset.uuid for _, asset in plan.resent] == [CHART, OTHER_CHART, DASHBOARD]


def test_what_is_neither_in_the_folders_nor_live_is_forgotten(tmp_path: Path, instance: Instance) -> None:
    del instance.stored[OTHER_CHART]
    assert make_plan(without(tmp_path, "charts/first_users.yaml"), instance.live()).forget == (OTHER_CHART,)


def test_for_scripts_a_plan_has_its_values(assets: Assets, instance: Instance) -> None:
    instance.edit_params(CHART, groupby=[])
    (change,) = plan_json(make_plan(assets, instance.live()))["changes"]
    assert change["fields"] == [{"path": "params.groupby", "live": [], "repository": ["country"]}]
    assert change["changed_live"]["by"] == "Ana Analyst"


def test_another_version_of_superset_is_refused(instance: Instance) -> None:
    state = {**instance.state(), "superset": "6.2.0"}
    with pytest.raises(VersionError, match=r"is version 6\.2\.0, and the asset folders are written for 6\.1\.0"):
        live_from(state, "http://superset.test")


def test_a_chart_that_is_renamed_takes_its_name_to_its_pages(tmp_path: Path, instance: Instance) -> None:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["slice_name"] = "People a day"
    plan = make_plan(resolved(tmp_path / "after", folders), instance.live())
    assert [change.uuid for change in plan.changes] == [CHART]
    assert [asset.uuid for _, asset in plan.resent] == [DASHBOARD]


def test_a_permission_that_somebody_gave_is_named_and_kept_from_being_overwritten(
    assets: Assets, instance: Instance
) -> None:
    given = sorted([*instance.stored[ROLE][1]["permissions"], "can_write on Dashboard"])
    instance.edit(ROLE, permissions=given)
    plan = make_plan(assets, instance.live())
    assert shown(plan)[:2] == [
        "~ role 'Partner' (roles/Partner.yaml)",
        '    permissions.can_write on Dashboard: - "allowed"',
    ]
    assert [change.is_touched for change in plan.changes] == [True]


def test_a_row_filter_that_somebody_made_for_a_managed_role_is_a_change(assets: Assets, instance: Instance) -> None:
    (rule,) = instance.stored[ROLE][1]["row_filters"]
    instance.edit(ROLE, row_filters=[rule, {**rule, "name": "Nothing", "clause": "1 = 0"}])
    plan = make_plan(assets, instance.live())
    assert [field.path for change in plan.changes for field in change.fields] == ["row_filters.Nothing"]


def test_another_description_of_a_role_is_remembered_and_not_sent(tmp_path: Path, instance: Instance) -> None:
    folders = sound_folders()
    folders["roles/Partner.yaml"]["description"] = "Who sells the app."
    plan = make_plan(resolved(tmp_path / "after", folders), instance.live())
    assert (plan.changes, [asset.uuid for _, asset in plan.record]) == ((), [ROLE])


def test_a_newer_superset_s_permissions_are_a_change_and_nobody_s_edit(assets: Assets, instance: Instance) -> None:
    judged = {**permissions(), "can_read on SomethingNew": frozenset({"Gamma", "Alpha"})}
    newer = resolve(assets, Resolving(judged, SETTINGS))
    (change,) = make_plan(newer, instance.live()).changes
    assert (change.uuid, change.is_touched) == (ROLE, False)


def test_another_setting_is_a_change_of_the_alert_and_nobody_s_edit(assets: Assets, instance: Instance) -> None:
    moved = resolve(assets, Resolving(permissions(), {**SETTINGS, "GROUNDUP_ALERT_MAIL_TO": "others@example.com"}))
    (change,) = make_plan(moved, instance.live()).changes
    assert (change.uuid, change.is_touched, [field.path for field in change.fields]) == (ALERT, False, ["recipients"])


def test_a_dashboard_for_others_is_a_change_of_its_roles(assets: Assets, instance: Instance) -> None:
    instance.edit(DASHBOARD, roles=["Partner"])
    (change,) = make_plan(assets, instance.live()).changes
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("roles", ["Partner"], ["Gamma", "Partner"])
    ]
