"""Roles as the asset folders know them: their permissions by name, and the rows that they are held to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from superset import db, security_manager
from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable
from superset.models.dashboard import Dashboard

from superset_config.errors import RefusedError
from superset_sync.instance_form import Numbers, stored_filters
from superset_sync.roles import BASES

_FIELDS = ("name", "description", "filter_type", "clause", "group_key")
# `[Reports].[growth](id:5)`: the number is the instance's.
_NUMBER = re.compile(r"\.?\(id:\d+\)\Z")


def name_of(pair: Any) -> str:
    """A permission as the folders write it."""
    return f"{pair.permission.name} on {_NUMBER.sub('', pair.view_menu.name)}"


def judged_permissions() -> dict[str, list[str]]:
    """Every permission that there is → those of Superset's own roles that have it by Superset's judgement."""
    judgements = {
        "Gamma": security_manager._is_gamma_pvm,
        "Alpha": security_manager._is_alpha_pvm,
        "sql_lab": security_manager._is_sql_lab_pvm,
    }
    return {
        name_of(pair): [base for base in BASES if judgements[base](pair)] for pair in security_manager._get_all_pvms()
    }


def stored_role(role: Any) -> dict[str, Any]:
    """What the folders keep of a role. A row filter names the other roles that it holds for, where there are any."""
    return {
        "name": role.name,
        "permissions": sorted({name_of(pair) for pair in role.permissions if pair.permission and pair.view_menu}),
        "row_filters": [
            {
                **{name: getattr(rule, name) for name in _FIELDS},
                "datasets": sorted(table.id for table in rule.tables),
                **({"roles": others} if (others := sorted(r.name for r in rule.roles if r is not role)) else {}),
            }
            for rule in sorted(role.row_level_security_filters, key=lambda rule: rule.name)
        ],
    }


def give_permissions(role: Any, wanted: Iterable[str]) -> list[str]:
    """Let a role have these permissions and no other; returns those that Superset does not have."""
    known: dict[str, list[Any]] = {}
    for pair in security_manager._get_all_pvms():
        known.setdefault(name_of(pair), []).append(pair)
    names = sorted(set(wanted))
    role.permissions = [pair for name in names for pair in known.get(name, ())]
    return [name for name in names if name not in known]


def write_role(role: Any, content: dict[str, Any], numbers: Numbers) -> None:
    """Write a role as its file amounts to. Raises RefusedError, and KeyError for a dataset that is not there."""
    role.name = content["name"]
    unknown = give_permissions(role, content["permissions"])
    if unknown:
        raise RefusedError(f"Superset has no permission {', '.join(unknown)}; correct roles/")
    rules = {rule.name: rule for rule in role.row_level_security_filters}
    wanted = stored_filters(content, numbers)
    for name in rules.keys() - {item["name"] for item in wanted}:
        _take_rule(role, rules[name])
    for item in wanted:
        rule = rules.get(item["name"]) or _new_rule(role, item["name"])
        others = [other.name for other in rule.roles if other is not role]
        if others:
            raise RefusedError(
                f"row filter {rule.name} of role {role.name} holds for {', '.join(others)} as well; give each its own"
            )
        for field in _FIELDS:
            setattr(rule, field, item[field])
        rule.tables = db.session.query(SqlaTable).filter(SqlaTable.id.in_(item["datasets"])).all()


def _new_rule(role: Any, name: str) -> Any:
    if db.session.query(RowLevelSecurityFilter.id).filter_by(name=name).first():
        raise RefusedError(f"another row filter with the name {name} was made by hand; rename or delete that")
    rule = RowLevelSecurityFilter(name=name, roles=[role])
    db.session.add(rule)
    return rule


def _take_rule(role: Any, rule: Any) -> None:
    if [other for other in rule.roles if other is not role]:
        rule.roles.remove(role)
    else:
        db.session.delete(rule)


def delete_role(role: Any) -> None:
    """Delete a role and its row filters. Raises RefusedError while somebody would be left without, or see more."""
    alone = sorted(user.username for user in role.user if [other.name for other in user.roles] == [role.name])
    if alone:
        raise RefusedError(f"role {role.name} is the only one of {', '.join(alone)}; give them another first")
    pages = db.session.query(Dashboard).filter(Dashboard.roles.contains(role)).all()
    if pages:
        titles = ", ".join(page.dashboard_title for page in pages)
        raise RefusedError(f"role {role.name} is among those for whom dashboard {titles} is; take it out there first")
    for rule in list(role.row_level_security_filters):
        _take_rule(role, rule)
    for user in list(role.user):
        user.roles.remove(role)
    role.permissions = []
    db.session.flush()
    db.session.delete(role)
    db.session.flush()
