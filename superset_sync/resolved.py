"""What files amount to on one instance, where that is more than they say.

A role's file says what the role is based on, and an instance holds permissions; an alert's file names settings, and an
instance holds addresses. Both are compared, and remembered, as the instance has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from superset_sync.alert_settings import filled_in
from superset_sync.assets import Asset, Assets
from superset_sync.defaults import ALERT
from superset_sync.errors import BundleError
from superset_sync.normalise import comparable, text
from superset_sync.roles import Judged, permissions_of, role_as_file


@dataclass(frozen=True)
class Instance:
    """What files are resolved by: the instance's permissions, and the settings that alerts may name."""

    permissions: Judged = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def resolve(assets: Assets, instance: Instance) -> Assets:
    """The same files, with what they amount to. Raises BundleError for a role based on one that is not there."""
    roles = {str(asset.content.get("name")): asset.content for asset in assets.roles}
    return replace(
        assets,
        roles=tuple(replace(asset, resolved=_role(asset, instance.permissions, roles)) for asset in assets.roles),
        alerts=tuple(replace(asset, resolved=filled_in(asset.content, instance.settings)) for asset in assets.alerts),
    )


def _role(asset: Asset, judged: Judged, roles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    content = asset.content
    try:
        permissions = permissions_of(content, judged, roles)
    except KeyError as error:
        raise BundleError(f"{asset.file} is based on the role {error}, which no file is; correct the file.") from error
    return {
        "name": content.get("name"),
        "permissions": sorted(permissions),
        "row_filters": list(content.get("row_filters") or []),
    }


def as_file(
    kind: str,
    live: Mapping[str, Any],
    file: Mapping[str, Any] | None,
    instance: Instance,
    roles: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """What a file has to say for the asset to be as it is live: what `file` says, wherever that amounts to the same."""
    if kind == "roles":
        return role_as_file(live, file, instance.permissions, roles)
    if kind == "alerts" and file is not None:
        before, now = comparable(kind, filled_in(file, instance.settings)), comparable(kind, live)
        same = {key for key in now if text(before.get(key)) == text(now[key])}
        said = {**ALERT, **file}
        return {key: said[key] if key in same else value for key, value in live.items()}
    return dict(live)
