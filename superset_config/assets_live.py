"""What is live in this Superset, and what was last applied to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import text
from sqlalchemy.orm import selectinload
from superset import db, security_manager
from superset.connectors.sqla.models import SqlaTable
from superset.models.core import Database
from superset.models.dashboard import Dashboard
from superset.models.slice import Slice
from superset.reports.models import ReportSchedule

from superset_config.assets_alerts import stored_schedule
from superset_config.assets_roles import judged_permissions, stored_role
from superset_config.ledger import ASSETS_TABLE
from superset_sync.assets import NAMED, identity
from superset_sync.roles import BUILT_IN

# In the order of `superset_sync.assets.KINDS`.
MODELS: dict[str, Any] = {
    "databases": Database,
    "datasets": SqlaTable,
    "roles": Role,
    "charts": Slice,
    "dashboards": Dashboard,
    "alerts": ReportSchedule,
}
OWNED = ("datasets", "charts", "dashboards", "alerts")

_ADMINISTRATOR = "admin"
_OWNER_ROLES = frozenset({"Analyst"})
# What Superset leaves out of an export and the repository needs.
_ALSO = {"databases": (), "datasets": ("database_id",), "charts": ("datasource_id",), "dashboards": ()}
_NEVER = {"charts": ("datasource_type", "datasource_name")}


def read_state() -> dict[str, Any]:
    """Everything that a plan is made of."""
    owners = {user.id for user in wanted_owners()}
    return {
        "superset": version("apache-superset"),
        "permissions": judged_permissions(),
        "assets": [
            {
                "kind": kind,
                "uuid": uuid_of(kind, asset),
                "number": asset.id,
                "fields": (fields := stored(kind, asset)),
                "digest": digest(fields),
                # Of a role, Superset does not keep who changed it.
                "changed_by": str(getattr(asset, "changed_by", None) or ""),
                "changed_at": asset.changed_on_utc() if getattr(asset, "changed_on", None) else None,
                "is_owned": kind not in OWNED or {user.id for user in asset.owners} == owners,
            }
            for kind, asset in _assets()
        ],
        "applied": [
            dict(row)
            for row in db.session.execute(
                text(f"SELECT uuid, kind, number, file, content FROM {ASSETS_TABLE}")
            ).mappings()
        ],
    }


def stored(kind: str, asset: Any) -> dict[str, Any]:
    """An asset's columns, as Superset exports them; a dataset's children in the order in which they were made."""
    if kind == "roles":
        return stored_role(asset)
    if kind == "alerts":
        return stored_schedule(asset)
    fields = asset.export_to_dict(recursive=False, include_parent_ref=True, include_defaults=True, export_uuids=True)
    for name in _NEVER.get(kind, ()):
        fields.pop(name, None)
    for name in _ALSO[kind]:
        fields[name] = getattr(asset, name)
    if kind == "datasets":
        # The attribute without the underscore gives the database's where the dataset has none of its own.
        fields["cache_timeout"] = asset._cache_timeout
        for children in ("metrics", "columns"):
            fields[children] = [
                child.export_to_dict(recursive=False, include_defaults=True)
                for child in sorted(getattr(asset, children), key=lambda child: child.id)
            ]
            for child in fields[children]:
                child.pop("table_id", None)
    elif kind == "dashboards":
        fields["theme_uuid"] = str(asset.theme.uuid) if asset.theme else None
        fields["roles"] = sorted(role.name for role in asset.roles)
    return dict(fields)


def uuid_of(kind: str, asset: Any) -> str:
    """What an asset is known by."""
    if kind in NAMED:
        return identity(kind, {key: getattr(asset, key) for key in NAMED[kind]})
    return str(asset.uuid)


def named(kind: str) -> Any:
    """All that are known by name, without the roles that Superset writes itself."""
    query = db.session.query(MODELS[kind]).order_by(MODELS[kind].id)
    return query.filter(MODELS[kind].name.not_in(BUILT_IN)) if kind == "roles" else query


def digest(fields: dict[str, Any]) -> str:
    """What tells one state of an asset from another."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()


def wanted_owners() -> list[Any]:
    """Who owns what is managed: the administrator, and everybody of the data team."""
    return sorted(
        (user for user in security_manager.get_all_users() if is_owner(user.username, {r.name for r in user.roles})),
        key=lambda user: user.id,
    )


def is_owner(username: str, roles: set[str]) -> bool:
    """Whether a user owns what is managed."""
    return username == _ADMINISTRATOR or bool(_OWNER_ROLES & roles)


def _assets() -> Iterator[tuple[str, Any]]:
    for kind, model in MODELS.items():
        query = named(kind) if kind in NAMED else db.session.query(model).order_by(model.id)
        if kind in ("dashboards", "alerts"):
            query = query.options(selectinload(model.owners))
        for asset in query:
            yield kind, asset
