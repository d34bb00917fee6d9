"""Marks on time series that come from another chart's rows, such as releases.

The folders name that chart by its uuid. Superset wants the number that it has given to it, and its import drops every
mark of this kind, so they are put back after each import. The chart that the rows come from needs a stored query.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from superset_sync.assets import Asset, Assets

FROM_A_CHART = frozenset({"table", "line"})


def layers(chart: Asset) -> list[dict[str, Any]]:
    """The marks of a chart that come from another chart; their `value` is its uuid."""
    params = chart.content.get("params")
    found = params.get("annotation_layers") if isinstance(params, dict) else None
    return [layer for layer in found or [] if isinstance(layer, dict) and layer.get("sourceType") in FROM_A_CHART]


def sources(assets: Assets) -> set[str]:
    """The uuids of the charts that marks come from."""
    return {str(layer.get("value")).lower() for chart in assets.charts for layer in layers(chart)}


def marked_params(assets: Assets, numbers: Mapping[str, int]) -> dict[str, str]:
    """Uuid of each chart with such marks → its parameters as Superset stores them, with `numbers` for uuids."""
    found = {}
    for chart in assets.charts:
        if layers(chart):
            params = json.loads(json.dumps(chart.content["params"]))
            for layer in params["annotation_layers"]:
                if layer.get("sourceType") in FROM_A_CHART:
                    layer["value"] = numbers[str(layer["value"]).lower()]
            found[chart.uuid] = json.dumps(params, ensure_ascii=False)
    return found


def stored_query(chart: dict[str, Any]) -> str:
    """The query of a table of plain rows, as Superset stores it beside a chart; the import sets its dataset."""
    params = chart["params"]
    query = {
        "columns": params["all_columns"],
        "metrics": [],
        "orderby": [json.loads(item) for item in params.get("order_by_cols") or []],
        "filters": [],
        "extras": {},
        "row_limit": params["row_limit"],
        "annotation_layers": [],
    }
    return json.dumps(
        {
            "datasource": {"id": 0, "type": "table"},
            "force": False,
            "queries": [query],
            "form_data": params,
            "result_format": "json",
            "result_type": "full",
        },
        ensure_ascii=False,
    )
