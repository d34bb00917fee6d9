from __future__ import annotations

import pytest
from superset_config.roles import Judgement, Permission, is_for_analyst, is_for_employee

# As Superset 6.1 judges them.
EVERYBODY = Judgement(is_gamma=True, is_alpha=True, is_sql_lab=False)
TEAM = Judgement(is_gamma=False, is_alpha=True, is_sql_lab=False)
SQL_LAB = Judgement(is_gamma=False, is_alpha=False, is_sql_lab=True)
ADMINISTRATOR = Judgement(is_gamma=False, is_alpha=False, is_sql_lab=False)


@pytest.mark.parametrize(
    ("permission", "judgement", "employee", "analyst"),
    [
        # sees, explores, drills, downloads
        (("can_read", "Dashboard"), EVERYBODY, True, True),
        (("can_explore", "Superset"), EVERYBODY, True, True),
        (("all_datasource_access", "all_datasource_access"), TEAM, True, True),
        (("can_drill", "Dashboard"), EVERYBODY, True, True),
        (("can_samples", "Datasource"), EVERYBODY, True, True),
        (("can_csv", "Superset"), EVERYBODY, True, True),
        (("can_write", "DashboardFilterStateRestApi"), EVERYBODY, True, True),
        # keeps own charts; who owns a chart is another question
        (("can_write", "Chart"), EVERYBODY, True, True),
        # gets 403, not 400, for what is forbidden
        (("can_read", "SecurityRestApi"), ADMINISTRATOR, True, True),
        # changes nothing that is shared
        (("can_write", "Dashboard"), EVERYBODY, False, True),
        (("can_write", "Dataset"), TEAM, False, True),
        (("can_write", "Annotation"), EVERYBODY, False, True),
        (("can_put_chart_customizations", "Dashboard"), EVERYBODY, False, True),
        (("can_tag", "Chart"), EVERYBODY, False, True),
        # a permission that a newer Superset brings: writing is for the team, whatever it is
        (("can_write", "SomethingNew"), EVERYBODY, False, True),
        (("can_read", "SomethingNew"), EVERYBODY, True, True),
        # SQL Lab is the team's, however Superset may judge it
        (("can_execute_sql_query", "SQLLab"), SQL_LAB, False, True),
        (("can_sqllab", "Superset"), SQL_LAB, False, True),
        (("menu_access", "SQL Lab"), SQL_LAB, False, True),
        (("can_read", "SavedQuery"), EVERYBODY, False, True),
        (("all_database_access", "all_database_access"), TEAM, False, True),
        # databases and people are the administrator's
        (("can_write", "Database"), ADMINISTRATOR, False, False),
        (("can_write", "User"), ADMINISTRATOR, False, False),
        (("can_grant_guest_token", "SecurityRestApi"), ADMINISTRATOR, False, False),
    ],
)
def test_who_may_do_what(permission: Permission, judgement: Judgement, employee: bool, analyst: bool) -> None:
    assert is_for_employee(permission, judgement) is employee
    assert is_for_analyst(permission, judgement) is analyst
