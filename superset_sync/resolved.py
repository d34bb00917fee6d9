"""What files amount to on one instance, where that is more than they say.

A role's file says what the role is based on, and an instance holds permissions; the files of alerts and of some
databases name settings, and an instance holds addresses. They are compared, and remembered, as the instance has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from settings.environment import Environment
from superset_sync.alert_settings import SETTINGS as ALERT_SETTINGS
from superset_sync.alert_settings import filled_in
from superset_sync.assets import Asset, Assets
from superset_sync.database_settings import SETTINGS as DATABASE_SETTINGS
from superset_sync.database_settings import address_settings, at_its_address, is_set_up
from superset_sync.defaults import ALERT
from superset_sync.errors import BundleError
from superset_sync.normalise import comparable, text
from superset_sync.roles import Judged, permissions_of, role_as_file


@dataclass(frozen=True)
class Instance:
    """What files are resolved by: the instance's permissions, and the settings that files may name."""

    permissions: Judged = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def resolve(assets: Assets, instance: Instance) -> Assets:
    """The same files, with what they amount to, without databases that the instance does not have.

    Raises BundleError for a role based on one that is not there.
    """
    roles = {str(asset.content.get("name")): asset.content for asset in assets.roles}
    return replace(
        assets,
        databases=tuple(
            _database(asset, instance.settings)
            for asset in assets.databases
            if is_set_up(asset.content, instance.settings)
        ),
        roles=tuple(replace(asset, resolved=_role(asset, instance.permissions, roles)) for asset in assets.roles),
        alerts=tuple(replace(asset, resolved=filled_in(asset.content, instance.settings)) for asset in assets.alerts),
    )


def asset_settings(environment: Environment) -> dict[str, str]:
    """The values of the settings that files may name."""
    named = ALERT_SETTINGS | DATABASE_SETTINGS
    return {name: value for name, value in environment.as_variables().items() if name in named}


def _database(asset: Asset, settings: Mapping[str, str]) -> Asset:
    is_whole = not address_settings(asset.content)
    return asset if is_whole else replace(asset, resolved=at_its_address(asset.content, settings))


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
    if kind == "databases" and file is not None:
        same = at_its_address(file, instance.settings)["sqlalchemy_uri"] == live["sqlalchemy_uri"]
        return {**live, "sqlalchemy_uri": file["sqlalchemy_uri"]} if same else dict(live)
    return dict(live)
