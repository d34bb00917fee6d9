"""What a role's file amounts to, and how a role that was changed goes back into it."""

from __future__ import annotations

from typing import Any

import pytest

from settings.environment import PROJECT
from superset_sync.assets import read_assets
from superset_sync.check_roles import permissions
from superset_sync.roles import matcher, permissions_of, role_as_file

FILES = {asset.content["name"]: asset.content for asset in read_assets(PROJECT).roles}
JUDGED = {
    "can_read on Chart": frozenset({"Gamma", "Alpha"}),
    "can_write on Chart": frozenset({"Gamma", "Alpha"}),
    "can_write on Dashboard": frozenset({"Gamma", "Alpha"}),
    "can_write on Dataset": frozenset({"Alpha"}),
    "can_sqllab on Superset": frozenset({"sql_lab"}),
    "can_write on User": frozenset(),
}
READER = {"name": "Reader", "based_on": ["Gamma"], "also": ["can_write on Chart"], "never": ["can_write on *"]}


def may(role: dict[str, Any]) -> set[str]:
    return set(permissions_of(role, JUDGED, {"Reader": READER}))


def test_a_role_has_what_its_bases_have_without_what_it_never_may_and_with_what_it_may_also() -> None:
    assert may({"name": "Nobody"}) == set()
    assert may({"name": "Both", "based_on": ["Gamma", "sql_lab"]}) == {
        *("can_read on Chart", "can_write on Chart", "can_write on Dashboard", "can_sqllab on Superset"),
    }
    assert may(READER) == {"can_read on Chart", "can_write on Chart"}
    assert may({"name": "Less", "based_on": ["Reader"], "never": ["* on Chart"]}) == set()


def test_a_base_that_there_is_not_and_a_circle_are_faults() -> None:
    with pytest.raises(KeyError):
        may({"name": "A", "based_on": ["B"]})
    circle = {"A": {"name": "A", "based_on": ["B"]}, "B": {"name": "B", "based_on": ["A"]}}
    with pytest.raises(KeyError):
        permissions_of(circle["A"], JUDGED, circle)


def test_a_star_stands_for_anything_and_nothing_else_does() -> None:
    fits = matcher(["* on SQL*Lab", "can_read on [Reports]"])
    assert [fits(name) for name in ("menu_access on SQL Lab", "can_x on SQLLab", "can_read on [Reports]")] == [True] * 3
    assert [fits(name) for name in ("can_x on SQLLabX", "can_read on R")] == [False] * 2
    assert not matcher([])("")


@pytest.mark.parametrize(
    ("gained", "lost", "also", "never"),
    [
        ([], [], ["can_write on Chart"], ["can_write on *"]),
        (["can_write on Dashboard"], [], ["can_write on Chart", "can_write on Dashboard"], ["can_write on *"]),
        ([], ["can_write on Chart"], [], ["can_write on *"]),
        ([], ["can_read on Chart"], ["can_write on Chart"], ["can_write on *", "can_read on Chart"]),
        (["can_write on User"], [], ["can_write on Chart", "can_write on User"], ["can_write on *"]),
    ],
)
def test_what_somebody_changed_becomes_a_line_of_the_file(
    gained: list[str], lost: list[str], also: list[str], never: list[str]
) -> None:
    wanted = sorted((may(READER) | set(gained)) - set(lost))
    file = role_as_file({"name": "Reader", "permissions": wanted, "row_filters": []}, READER, JUDGED, {})
    assert (file["based_on"], file["also"], file["never"]) == (["Gamma"], also, never)
    assert may(file) == set(wanted)


def test_what_somebody_gave_back_is_not_taken_and_given_at_once() -> None:
    file = {"name": "A", "based_on": ["Gamma"], "never": ["can_read on Chart"]}
    live = {"name": "A", "permissions": sorted(may({"based_on": ["Gamma"]})), "row_filters": []}
    found = role_as_file(live, file, JUDGED, {})
    assert (found["also"], found["never"]) == ([], [])


def test_a_role_that_was_made_by_hand_is_based_on_what_is_nearest() -> None:
    live = {"name": "B", "permissions": ["can_read on Chart", "can_sqllab on Superset"], "row_filters": []}
    found = role_as_file({**live, "permissions": sorted({*may(READER), *live["permissions"]})}, None, JUDGED, FILES)
    assert len(found["also"]) + len(found["never"]) <= 2
    assert permissions_of(found, JUDGED, FILES) == {*may(READER), *live["permissions"]}


@pytest.mark.parametrize(
    ("permission", "employee", "analyst"),
    [
        # sees, explores, drills, downloads
        ("can_read on Dashboard", True, True),
        ("can_explore on Superset", True, True),
        # not those of other databases: at BigQuery, every question costs
        ("all_datasource_access on all_datasource_access", False, True),
        ("can_drill on Dashboard", True, True),
        ("can_samples on Datasource", True, True),
        ("can_csv on Superset", True, True),
        ("can_write on DashboardFilterStateRestApi", True, True),
        # keeps own charts; who owns a chart is another question
        ("can_write on Chart", True, True),
        # gets 403, not 400, for what is forbidden
        ("can_read on SecurityRestApi", True, True),
        # changes nothing that is shared
        ("can_write on Dashboard", False, True),
        ("can_write on Dataset", False, True),
        ("can_write on Annotation", False, True),
        ("can_write on ReportSchedule", False, True),
        ("can_put_chart_customizations on Dashboard", False, True),
        ("can_tag on Chart", False, True),
        # SQL Lab is the team's, however Superset may judge it
        ("can_execute_sql_query on SQLLab", False, True),
        ("can_sqllab on Superset", False, True),
        ("menu_access on SQL Lab", False, True),
        ("can_read on SavedQuery", False, True),
        ("all_database_access on all_database_access", False, True),
        # databases and people are the administrator's
        ("can_write on Database", False, False),
        ("can_edit on UserDBModelView", False, False),
        ("can_grant_guest_token on SecurityRestApi", False, False),
    ],
)
def test_who_may_do_what(permission: str, employee: bool, analyst: bool) -> None:
    assert permission in permissions()
    assert (permission in permissions_of(FILES["Employee"], permissions(), FILES)) is employee
    assert (permission in permissions_of(FILES["Analyst"], permissions(), FILES)) is analyst


def test_what_a_newer_superset_brings_is_read_by_all_and_written_by_the_team() -> None:
    judged = {f"can_{action} on SomethingNew": frozenset({"Gamma", "Alpha"}) for action in ("read", "write")}
    assert permissions_of(FILES["Employee"], judged, FILES) & judged.keys() == {"can_read on SomethingNew"}
    assert permissions_of(FILES["Analyst"], judged, FILES) >= judged.keys()


def test_employees_may_ask_the_reports_and_no_other_database() -> None:
    found = permissions_of(FILES["Employee"], permissions(), FILES)
    assert {name for name in found if "database_access" in name} == {"database_access on [Reports]"}
