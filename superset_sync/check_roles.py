"""The checks of roles: what they may do exists, and the rows that they are held to can be held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from superset_sync.assets import Asset, Assets
from superset_sync.check_datasets import Dataset
from superset_sync.lineage import SqlError, plain_columns, referenced
from superset_sync.roles import BASES, BUILT_IN, Judged, Roles, matcher, permissions_of
from superset_sync.rules import Finding, Rule

# Where SQL is written by hand, nothing holds it to the rows of a filter: a rollup is another table. Access to one
# database alone is access to its datasets, which are held to them.
_BY_HAND = matcher(("* on SQL*Lab", "can_sqllab on *", "all_database_access on *"))


@cache
def permissions() -> Judged:
    """Superset's permissions, and which of its own roles have each."""
    text = (Path(__file__).parent / "permissions.txt").read_text(encoding="utf-8")
    parts = [line.partition(" | ") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: frozenset(having.split()) for name, _, having in parts}


def check_audience(asset: Asset, assets: Assets) -> Iterator[Finding]:
    """The roles for whom a dashboard is."""
    known = {*BUILT_IN, *(str(role.content.get("name")) for role in assets.roles)}
    for role in asset.content.get("roles") or []:
        if role not in known:
            remedy = "name a role of roles/, or one of Superset's own"
            yield Finding(asset.file, f"is for {role}, which no file of roles/ is", remedy, Rule.REFERENCES)


def check_roles(assets: Assets, datasets: Mapping[str, Dataset], readable: set[str]) -> Iterator[Finding]:
    """The faults of all roles, given all datasets by uuid. Only the files in `readable` are looked at."""
    files = [asset for asset in assets.roles if asset.file in readable]
    roles = {str(asset.content["name"]): asset.content for asset in files}
    objects = _objects(assets)
    columns = _columns(assets, datasets, readable)
    rules: dict[str, str] = {}
    for asset in files:
        yield from _check_permissions(asset, roles, objects)
        for item in asset.content.get("row_filters") or []:
            if item["name"] in rules:
                what = f"row filter {item['name']} is called like one of {rules[item['name']]}"
                yield Finding(asset.file, what, "give it a name of its own", Rule.NAMES)
            rules.setdefault(item["name"], asset.file)
            yield from _check_filter(asset, item, columns)
        yield from _check_holes(asset, roles)


@dataclass(frozen=True)
class _Columns:
    """The columns that a clause may use: those that a dataset reads, and of these the `plain` ones.

    A dataset that is called like the table that its SQL reads is held to a clause twice: Superset asks the table too.
    """

    read: frozenset[str]
    plain: frozenset[str]


def _columns(assets: Assets, datasets: Mapping[str, Dataset], readable: set[str]) -> dict[str, list[_Columns]]:
    """Table name → the columns of each dataset that has it."""
    found: dict[str, list[_Columns]] = {}
    for asset in assets.datasets:
        name, sql = str(asset.content.get("table_name")), asset.content.get("sql")
        items = asset.content.get("columns") if asset.file in readable else None
        read = datasets[asset.uuid].columns - {item["column_name"] for item in items or [] if item.get("expression")}
        try:
            plain = plain_columns(str(sql), name) if sql else None
        except SqlError:
            plain = None
        found.setdefault(name, []).append(_Columns(read, read if plain is None else plain))
    return found


def _check_filter(asset: Asset, item: Mapping[str, Any], columns: Mapping[str, list[_Columns]]) -> Iterator[Finding]:
    name = f"row filter {item['name']}"
    try:
        used = referenced(str(item["clause"]))
    except SqlError as fault:
        yield Finding(asset.file, f"{name}: {fault}", "correct the clause", Rule.ROW_FILTERS)
        return
    if not used:
        yield Finding(asset.file, f"{name} asks for no column", "say which rows are seen", Rule.ROW_FILTERS)
    if not item["datasets"]:
        yield Finding(asset.file, f"{name} holds for no dataset", "name one", Rule.ROW_FILTERS)
    for table in item["datasets"]:
        found = columns.get(table, [])
        if len(found) != 1:
            what = f"{name} holds for {table}, the table_name of {'several files' if found else 'no file'} of datasets/"
            yield Finding(asset.file, what, "name the table of one", Rule.REFERENCES)
            continue
        for column in sorted(used - found[0].read):
            what = f"{name} uses {column}, which is no column of {table}"
            yield Finding(asset.file, what, "use one that the dataset reads", Rule.ROW_FILTERS)
        for column in sorted(used & found[0].read - found[0].plain):
            what = f"{name} uses {column}, which the dataset {table} shows otherwise than its table has it"
            yield Finding(asset.file, what, "use one that is the same in both: both are asked", Rule.ROW_FILTERS)


def _check_permissions(asset: Asset, roles: Roles, objects: frozenset[str]) -> Iterator[Finding]:
    name = str(asset.content["name"])
    if name in BUILT_IN:
        yield Finding(asset.file, f"is Superset's own role {name}", "give it a name of its own", Rule.ROLES)
    for base in asset.content.get("based_on") or []:
        if base not in BASES and base not in roles:
            remedy = f"name one of {', '.join(BASES)}, or a role of roles/"
            yield Finding(asset.file, f"is based on {base}, which is no role", remedy, Rule.ROLES)
        elif base in roles and _leads_to(base, name, roles):
            yield Finding(asset.file, f"is based on {base}, which is based on it", "take it out", Rule.ROLES)
    for permission in asset.content.get("also") or []:
        if permission not in permissions() and permission not in objects:
            close = get_close_matches(permission, [*permissions(), *objects], n=1)
            remedy = f"write {close[0]}" if close else "write one of superset_sync/permissions.txt"
            yield Finding(asset.file, f"{permission} is no permission of Superset", remedy, Rule.ROLES)
    for pattern in asset.content.get("never") or []:
        if " on " not in pattern:
            remedy = "write it as `can_write on Chart` or `* on Chart`"
            yield Finding(asset.file, f"{pattern} can be no permission of Superset", remedy, Rule.ROLES)


def _objects(assets: Assets) -> frozenset[str]:
    """The permissions for single databases and datasets."""
    databases = {asset.uuid: str(asset.content.get("database_name")) for asset in assets.databases}
    found = {f"database_access on [{name}]" for name in databases.values()}
    for asset in assets.datasets:
        database = databases.get(str(asset.content.get("database_uuid") or "").lower())
        found.add(f"datasource_access on [{database}].[{asset.content.get('table_name')}]")
        found.add(f"schema_access on [{database}].[{asset.content.get('schema')}]")
    return frozenset(found)


def _leads_to(start: str, end: str, roles: Roles) -> bool:
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting += roles.get(name, {}).get("based_on") or []
    return False


def _check_holes(asset: Asset, roles: Roles) -> Iterator[Finding]:
    """SQL written by hand sees all rows."""
    if not asset.content.get("row_filters"):
        return
    try:
        may = permissions_of(asset.content, permissions(), roles)
    except KeyError:
        return
    for permission in sorted(may):
        if _BY_HAND(permission):
            what = f"has row filters and {permission}, with which all rows are seen"
            yield Finding(asset.file, what, "add it to never", Rule.ROW_FILTERS)
