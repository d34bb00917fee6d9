"""A running instance, made up: the small folders as it would store them, for tests that need none."""

from __future__ import annotations

import copy
import json
from typing import Any

from superset_sync.assets import Assets
from superset_sync.check_roles import permissions
from superset_sync.instance_form import (
    SUPERSET_VERSION,
    Numbers,
    stored_alert,
    stored_chart,
    stored_dashboard,
    stored_database,
    stored_dataset,
    stored_filters,
)
from superset_sync.live import Live, live_from


class Instance:
    """Stores assets by the functions that a real one is written by, under numbers of its own."""

    def __init__(self, assets: Assets, first_number: int = 10) -> None:
        self.numbers = {asset.uuid: first_number + place for place, (_, asset) in enumerate(assets)}
        self.stored: dict[str, tuple[str, dict[str, Any]]] = {}
        self.applied: dict[str, dict[str, Any]] = {}
        self.changed_by = "Ana Analyst"
        same = self.numbers
        tables = {asset.content["table_name"]: same[asset.uuid] for asset in assets.datasets}
        numbers = Numbers(databases=same, charts=same, datasets=same, dashboards=same, tables=tables)
        for kind, asset in assets:
            if kind == "databases":
                fields = {**stored_database(asset.content), "uuid": asset.uuid}
            elif kind == "datasets":
                database = self.numbers[asset.content["database_uuid"]]
                fields = {**stored_dataset(asset.content), "uuid": asset.uuid, "database_id": database}
            elif kind == "charts":
                dataset = self.numbers[asset.content["dataset_uuid"]]
                fields = {**stored_chart(asset.content, numbers), "uuid": asset.uuid, "datasource_id": dataset}
            elif kind == "dashboards":
                roles = sorted(asset.content.get("roles", ()))
                fields = {**stored_dashboard(asset.content, numbers), "uuid": asset.uuid, "roles": roles}
            elif kind == "roles":
                fields = {**asset.meant, "row_filters": stored_filters(asset.meant, numbers)}
            else:
                fields = stored_alert(asset.meant, numbers)
            self.stored[asset.uuid] = (kind, fields)
            self.applied[asset.uuid] = {
                "uuid": asset.uuid,
                "kind": kind,
                "number": self.numbers[asset.uuid],
                "file": asset.file,
                "content": json.dumps(
                    asset.content if asset.resolved is None else {"file": asset.content, "resolved": asset.resolved}
                ),
            }

    def state(self) -> dict[str, Any]:
        """What a real one answers."""
        assets = [
            {
                "kind": kind,
                "uuid": uuid,
                "number": self.numbers[uuid],
                "fields": copy.deepcopy(fields),
                "digest": json.dumps(fields),
                "changed_by": self.changed_by,
                "changed_at": "2026-11-25T22:13:53.000000+0000",
                "is_owned": True,
            }
            for uuid, (kind, fields) in self.stored.items()
        ]
        return {
            "superset": SUPERSET_VERSION,
            "permissions": permissions(),
            "assets": assets,
            "applied": list(self.applied.values()),
        }

    def live(self) -> Live:
        """What a session reads of it."""
        return live_from(self.state(), "http://superset.test")

    def edit(self, uuid: str, **fields: Any) -> None:
        """What somebody does in the browser."""
        self.stored[uuid][1].update(fields)

    def edit_params(self, uuid: str, **params: Any) -> None:
        """The same, with a chart's parameters."""
        known = json.loads(self.stored[uuid][1]["params"])
        self.edit(uuid, params=json.dumps({**known, **params}))
