"""A running instance, made up: the small folders as it would store them, for tests that need none."""

from __future__ import annotations

import copy
import json
from typing import Any

from superset_sync.assets import Assets
from superset_sync.instance_form import (
    SUPERSET_VERSION,
    Numbers,
    stored_chart,
    stored_dashboard,
    stored_database,
    stored_dataset,
)
from superset_sync.live import Live, live_from


class Instance:
    """Stores assets by the functions that a real one is written by, under numbers of its own."""

    def __init__(self, assets: Assets, first_number: int = 10) -> None:
        self.numbers = {asset.uuid: first_number + place for place, (_, asset) in enumerate(assets)}
        self.stored: dict[str, tuple[str, dict[str, Any]]] = {}
        self.applied: dict[str, dict[str, Any]] = {}
        self.changed_by = "Ana Analyst"
        numbers = Numbers(charts=self.numbers, datasets=self.numbers)
        for kind, asset in assets:
            if kind == "databases":
                fields = {**stored_database(asset.content), "uuid": asset.uuid}
            elif kind == "datasets":
                database = self.numbers[asset.content["database_uuid"]]
                fields = {**stored_dataset(asset.content), "uuid": asset.uuid, "database_id": database}
            elif kind == "charts":
                dataset = self.numbers[asset.content["dataset_uuid"]]
                fields = {**stored_chart(asset.content, numbers), "uuid": asset.uuid, "datasource_id": dataset}
            else:
                fields = {**stored_dashboard(asset.content, numbers), "uuid": asset.uuid}
            self.stored[asset.uuid] = (kind, fields)
            self.applied[asset.uuid] = {
                "uuid": asset.uuid,
                "kind": kind,
                "number": self.numbers[asset.uuid],
                "file": asset.file,
                "content": json.dumps(asset.content),
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
        return {"superset": SUPERSET_VERSION, "assets": assets, "applied": list(self.applied.values())}

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
