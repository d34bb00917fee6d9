"""What a running Superset holds: its assets in the repository's form, and what was last applied to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from superset_sync.assets import KINDS
from superset_sync.client import SupersetClient
from superset_sync.errors import VersionError
from superset_sync.instance_form import SUPERSET_VERSION, table_names
from superset_sync.normalise import Names, from_live
from superset_sync.roles import Judged

PATH = "/api/v1/groundup_assets/"
_TITLES = {
    "databases": "database_name",
    "datasets": "table_name",
    "charts": "slice_name",
    "dashboards": "dashboard_title",
    "roles": "name",
    "alerts": "name",
}


@dataclass(frozen=True)
class LiveAsset:
    """One asset as it is now. `changed_at` is in UTC, ISO 8601; `digest` tells its state from any other."""

    kind: str
    content: dict[str, Any]
    digest: str
    changed_by: str
    changed_at: str
    is_owned: bool


@dataclass(frozen=True)
class Applied:
    """What an asset was when it was last applied, and the file that it came from; `resolved` as in `Asset`."""

    kind: str
    file: str
    content: dict[str, Any]
    resolved: dict[str, Any] | None = None

    @property
    def meant(self) -> dict[str, Any]:
        """What the instance was made to hold."""
        return self.content if self.resolved is None else self.resolved


@dataclass(frozen=True)
class Live:
    """By uuid: what is there now, and what was applied. `permissions`: each → Superset's own roles that have it."""

    assets: Mapping[str, LiveAsset] = field(default_factory=dict)
    applied: Mapping[str, Applied] = field(default_factory=dict)
    permissions: Judged = field(default_factory=dict)


def title(kind: str, content: Mapping[str, Any]) -> str:
    """What people call an asset."""
    return str(content.get(_TITLES[kind]) or content.get("uuid"))


def read_live(client: SupersetClient) -> Live:
    """All of it, in one request. Raises VersionError for a Superset that the normal form is not known for."""
    return live_from(client.get_ours(PATH)["result"], client.url)


def live_from(state: Mapping[str, Any], url: str) -> Live:
    """The same from what Superset answered. Raises VersionError."""
    if state["superset"] != SUPERSET_VERSION:
        raise VersionError(
            f"Superset at {url} is version {state['superset']}, and the asset folders are written for "
            f"{SUPERSET_VERSION}; install the version that requirements/superset.txt locks."
        )
    names = _names(state)
    return Live(
        assets={
            item["uuid"]: LiveAsset(
                kind=item["kind"],
                content=from_live(item["kind"], item["fields"], names),
                digest=item["digest"],
                changed_by=str(item["changed_by"]).strip(),
                changed_at=str(item["changed_at"] or ""),
                is_owned=item["is_owned"],
            )
            for item in state["assets"]
        },
        applied={row["uuid"]: _applied(row) for row in state["applied"]},
        permissions={name: frozenset(having) for name, having in state.get("permissions", {}).items()},
    )


def _applied(row: Mapping[str, Any]) -> Applied:
    content = json.loads(row["content"])
    # `superset_config.assets_apply` keeps both sides of what a file does not say in full.
    both = (content["file"], content["resolved"]) if content.keys() == {"file", "resolved"} else (content, None)
    return Applied(row["kind"], row["file"], *both)


def _names(state: Mapping[str, Any]) -> Names:
    # What was deleted in the browser is still referred to by its number: Superset leaves that behind.
    found: dict[str, dict[int, str]] = {kind: {} for kind in KINDS}
    for item in [*state["applied"], *state["assets"]]:
        found[item["kind"]][int(item["number"])] = str(item["uuid"])
    datasets = [item for item in state["assets"] if item["kind"] == "datasets"]
    rows = [(int(item["number"]), str(item["uuid"]), str(item["fields"]["table_name"])) for item in datasets]
    tables = table_names(rows, {str(item["uuid"]) for item in state["applied"]})
    return Names(**{kind: found[kind] for kind in ("databases", "datasets", "charts", "dashboards")}, tables=tables)
