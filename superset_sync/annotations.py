"""Marks on time series that come from another chart's rows, such as releases.

The folders name that chart by its uuid; an instance stores the number that it has given to it. The chart that the rows
come from needs a stored query (`superset_sync.instance_form.stored_query`).
"""

from __future__ import annotations

from typing import Any

from superset_sync.assets import Asset

FROM_A_CHART = frozenset({"table", "line"})


def layers(chart: Asset) -> list[dict[str, Any]]:
    """The marks of a chart that come from another chart; their `value` is its uuid."""
    params = chart.content.get("params")
    found = params.get("annotation_layers") if isinstance(params, dict) else None
    return [layer for layer in found or [] if isinstance(layer, dict) and layer.get("sourceType") in FROM_A_CHART]
