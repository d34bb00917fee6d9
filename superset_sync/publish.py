"""Bring a running Superset to what the asset folders say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings.environment import Environment
from superset_sync.annotations import marked_params
from superset_sync.assets import Assets, read_assets
from superset_sync.bundle import fingerprint, make_bundle
from superset_sync.check import check, read_declared_tables
from superset_sync.client import SupersetClient
from superset_sync.errors import AssetError, RefusedError

ADMINISTRATOR = "admin"
OWNER_ROLES = frozenset({"Analyst"})

# Superset's name of each kind in its addresses.
_PATHS = {"databases": "database", "datasets": "dataset", "charts": "chart", "dashboards": "dashboard"}
_OWNED = ("datasets", "charts", "dashboards")


@dataclass(frozen=True)
class Published:
    """How many of each kind the folders hold, and whether anything had to be sent."""

    databases: int
    datasets: int
    charts: int
    dashboards: int
    changed: bool


def publish(environment: Environment, root: Path) -> Published:
    """Check the asset folders below `root` and make the live assets equal to them, owned by admin and the analysts.

    Nothing is sent when the same folders were published before and their assets are still there. What an analyst
    changed in the browser since then stays until the folders change. Assets that the folders lack are left alone.

    Raises AssetError with all findings before anything is sent; SupersetUnreachableError, SignInError, RefusedError.
    """
    assets = read_assets(root)
    findings = check(assets, read_declared_tables(root))
    if findings:
        raise AssetError(findings)
    bundle = make_bundle(assets)
    mark = environment.home / "published-assets"
    with SupersetClient(environment.superset_url, ADMINISTRATOR, environment.admin_password) as client:
        live = _live(client)
        is_current = _read(mark) == fingerprint(bundle) and not missing(assets, live)
        if not is_current:
            client.upload("/api/v1/assets/import/", "bundle", "assets.zip", bundle)
            live = _live(client)
            lost = missing(assets, live)
            if lost:
                raise RefusedError(
                    f"Superset at {client.url} took the assets and does not show {', '.join(lost)}; "
                    "see `groundup logs superset`."
                )
            _set_marks(client, assets, live)
        is_changed = _set_owners(client, assets, live) or not is_current
    if not is_current:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(fingerprint(bundle) + "\n", encoding="utf-8")
    return Published(
        databases=len(assets.databases),
        datasets=len(assets.datasets),
        charts=len(assets.charts),
        dashboards=len(assets.dashboards),
        changed=is_changed,
    )


def missing(assets: Assets, live: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """The files whose asset the live instance lacks."""
    return [asset.file for kind, asset in assets if asset.uuid not in live[kind]]


def owner_ids(users: list[dict[str, Any]]) -> list[int]:
    """Who owns what the folders hold: the administrator, and everybody of the data team."""
    return sorted(
        user["id"]
        for user in users
        if user["username"] == ADMINISTRATOR or OWNER_ROLES & {role["name"] for role in user["roles"]}
    )


def _live(client: SupersetClient) -> dict[str, dict[str, dict[str, Any]]]:
    """The live assets of each kind by uuid."""
    found = {}
    for kind, path in _PATHS.items():
        columns = ["id", "uuid"] + (["owners.id"] if kind in _OWNED else [])
        found[kind] = {str(item["uuid"]): item for item in client.list(f"/api/v1/{path}/", columns)}
    return found


def _set_marks(client: SupersetClient, assets: Assets, live: dict[str, dict[str, dict[str, Any]]]) -> None:
    numbers = {uuid: int(item["id"]) for uuid, item in live["charts"].items()}
    for uuid, params in marked_params(assets, numbers).items():
        client.put(f"/api/v1/chart/{numbers[uuid]}", {"params": params})


def _set_owners(client: SupersetClient, assets: Assets, live: dict[str, dict[str, dict[str, Any]]]) -> bool:
    owners = owner_ids(client.list("/api/v1/security/users/", ["id", "username", "roles.name"]))
    is_changed = False
    for kind in _OWNED:
        for asset in assets.of(kind):
            item = live[kind][asset.uuid]
            if sorted(owner["id"] for owner in item["owners"]) != owners:
                client.put(f"/api/v1/{_PATHS[kind]}/{item['id']}", {"owners": owners})
                is_changed = True
    return is_changed


def _read(mark: Path) -> str:
    try:
        return mark.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
