"""Who may do what: three roles as pure decisions over Superset's own permissions.

A permission is a pair (action, object), such as `("can_write", "Chart")`. Superset declares a few hundred and judges
each for its built-in roles; ours start from those judgements, so that a new Superset's new permissions fall into place.
"""

from __future__ import annotations

from dataclasses import dataclass

Permission = tuple[str, str]

# Everybody needs them, and Superset gives them to nobody but the administrator or leaves them to chance.
_FOR_ALL = frozenset(
    {
        ("all_datasource_access", "all_datasource_access"),
        # Without a token, a forbidden write would be answered 400 (no token) instead of 403 (not allowed).
        ("can_read", "SecurityRestApi"),
        ("can_csv", "Superset"),
        ("can_drill", "Dashboard"),
        ("can_view_query", "Dashboard"),
        ("can_view_chart_as_table", "Dashboard"),
        ("can_samples", "Datasource"),
        ("can_get_drill_info", "Dataset"),
    }
)
_ANALYST_ALSO = frozenset({("all_database_access", "all_database_access")})
# What Superset's Gamma may do and an employee may not: SQL Lab in any form, and what is not theirs to look after.
_EMPLOYEE_NEVER_OBJECTS = frozenset(
    {
        "Action Log",
        "CacheRestApi",
        "Databases",
        "DynamicPlugin",
        "Plugins",
        "Query",
        # The account is shared: whoever changed its password would lock out everybody else.
        "ResetMyPasswordView",
        "RowLevelSecurity",
        "SQL Lab",
        "SQLLab",
        "SavedQuery",
        "TabStateView",
        "TableSchemaView",
        "Tag",
        "Tags",
        "Task",
        "Tasks",
        "Theme",
        "Themes",
        "UserRegistrationsRestAPI",
    }
)
_EMPLOYEE_NEVER = frozenset(
    {
        ("can_bulk_create", "Tag"),
        ("can_delete_embedded", "Dashboard"),
        ("can_userinfoedit", "UserDBModelView"),
        ("resetmypassword", "UserDBModelView"),
        ("can_export_as_example", "Dashboard"),
        ("can_put_chart_customizations", "Dashboard"),
        ("can_set_embedded", "Dashboard"),
        ("can_sqllab", "Superset"),
        ("can_sqllab_history", "Superset"),
        ("can_tag", "Chart"),
        ("can_tag", "Dashboard"),
        ("can_upload", "Database"),
    }
)
# The only thing that an employee writes besides their own settings: charts, and Superset asks who owns them.
_EMPLOYEE_WRITES = frozenset(
    {
        "Chart",
        "DashboardFilterStateRestApi",
        "DashboardPermalinkRestApi",
        "ExploreFormDataRestApi",
        "ExplorePermalinkRestApi",
    }
)


@dataclass(frozen=True)
class Judgement:
    """What Superset itself says about one permission."""

    is_gamma: bool
    is_alpha: bool
    is_sql_lab: bool


def is_for_analyst(permission: Permission, judgement: Judgement) -> bool:
    """The data team: whatever Superset's Alpha may do, and SQL Lab."""
    return judgement.is_alpha or judgement.is_sql_lab or permission in _FOR_ALL or permission in _ANALYST_ALSO


def is_for_employee(permission: Permission, judgement: Judgement) -> bool:
    """Everybody: sees every dashboard, explores, drills, downloads, keeps own charts; changes nothing shared."""
    if permission in _FOR_ALL:
        return True
    action, subject = permission
    if permission in _EMPLOYEE_NEVER or subject in _EMPLOYEE_NEVER_OBJECTS:
        return False
    if action == "can_write" and subject not in _EMPLOYEE_WRITES:
        return False
    return judgement.is_gamma and not judgement.is_sql_lab


ROLES = {"Analyst": is_for_analyst, "Employee": is_for_employee}
