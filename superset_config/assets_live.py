"""What is live in this Superset, and what was last applied to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from sqlalchemy import text
from superset import db, security_manager
from superset.connectors.sqla.models import SqlaTable
from superset.models.core import Database
from superset.models.dashboard import Dashboard
from superset.models.slice import Slice

from superset_config.ledger import ASSETS_TABLE

MODELS: dict[str, Any] = {"databases": Database, "datasets": SqlaTable, "charts": Slice, "dashboards": Dashboard}
OWNED = ("datasets", "charts", "dashboards")

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
        "assets": [
            {
                "kind": kind,
                "uuid": str(asset.uuid),
                "number": asset.id,
                "fields": (fields := stored(kind, asset)),
                "digest": digest(fields),
                "changed_by": str(asset.changed_by or ""),
                "changed_at": asset.changed_on_utc() if asset.changed_on else None,
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
    fields = asset.export_to_dict(recursive=False, include_parent_ref=True, include_defaults=True, export_uuids=True)
    for name in _NEVER.get(kind, ()):
        fields.pop(name, None)
    for name in _ALSO[kind]:
        fields[name] = getattr(asset, name)
    if kind == "datasets":
        for children in ("metrics", "columns"):
            fields[children] = [
                child.export_to_dict(recursive=False, include_defaults=True)
                for child in sorted(getattr(asset, children), key=lambda child: child.id)
            ]
            for child in fields[children]:
                child.pop("table_id", None)
    elif kind == "dashboards":
        fields["theme_uuid"] = str(asset.theme.uuid) if asset.theme else None
    return dict(fields)


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
        for asset in db.session.query(model).order_by(model.id):
            yield kind, asset
