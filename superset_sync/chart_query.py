"""The question that a chart asks, made from its params as Superset's pages make it, for any kind of chart."""

from __future__ import annotations

import json
from typing import Any

from superset_sync.chart_parts import METRICS, filters, listed
from superset_sync.viz_types import KNOWN

_ANY = ("x_axis", "groupby", "columns", "entity", "series", "source", "target")
_ALL = "No filter"


def chart_query(viz_type: str, params: dict[str, Any], dataset: int, row_limit: int) -> dict[str, Any]:
    """The body of a POST to /api/v1/chart/data. `dataset`: Superset's number of it."""
    queries = [_query(viz_type, params, ("metrics", "groupby"), row_limit)]
    if viz_type == "mixed_timeseries":
        queries.append(_query(viz_type, params, ("metrics_b", "groupby_b"), row_limit))
    return {
        "datasource": {"id": dataset, "type": "table"},
        "force": True,
        "queries": queries,
        "result_format": "json",
        "result_type": "full",
    }


def _query(viz_type: str, params: dict[str, Any], part: tuple[str, str], row_limit: int) -> dict[str, Any]:
    is_raw = params.get("query_mode") == "raw"
    groups = KNOWN[viz_type].groups if viz_type in KNOWN else _ANY
    keys = ("all_columns",) if is_raw else tuple(part[1] if key == "groupby" else key for key in groups)
    columns = [_column(params, key, item) for key in keys for item in listed(params.get(key))]
    metrics = [] if is_raw else [item for key in _metric_keys(part[0]) for item in listed(params.get(key))]
    simple = [item for item in filters(params) if item.get("expressionType") == "SIMPLE"]
    query: dict[str, Any] = {
        "columns": columns,
        "metrics": _once(metrics),
        "filters": [
            {"col": item["subject"], "op": item["operator"], "val": item.get("comparator")}
            for item in simple
            if item.get("comparator") != _ALL and item.get("clause", "WHERE") == "WHERE"
        ],
        "extras": {clause.lower(): _sql(params, clause) for clause in ("WHERE", "HAVING")},
        "orderby": [json.loads(item) for item in listed(params.get("order_by_cols"))] if is_raw else [],
        "row_limit": row_limit,
    }
    if params.get("series_limit") and not is_raw:
        query |= {
            "series_columns": params.get("series_columns") or [],
            "series_limit": int(params["series_limit"]),
            "series_limit_metric": params.get("series_limit_metric"),
        }
    return query


def _metric_keys(metrics: str) -> tuple[str, ...]:
    """The controls that name the metrics of one part of a chart."""
    others = {"metrics", "metrics_b"} - {metrics}
    return tuple(key for key in METRICS if key not in others)


def _column(params: dict[str, Any], key: str, item: Any) -> Any:
    """The axis of a time series is cut into its grain."""
    if key != "x_axis" or not isinstance(item, str):
        return item
    return {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "label": item,
        "sqlExpression": item,
        "timeGrain": params.get("time_grain_sqla"),
    }


def _sql(params: dict[str, Any], clause: str) -> str:
    own = [
        f"({item['sqlExpression']})"
        for item in filters(params)
        if item.get("expressionType") == "SQL" and item.get("clause", "WHERE") == clause
    ]
    return " AND ".join(own)


def _once(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
