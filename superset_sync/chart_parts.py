"""The parts of a chart's params that name columns, metrics and SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METRICS = (
    "metric",
    "metric_2",
    "metrics",
    "metrics_b",
    "percent_metrics",
    "secondary_metric",
    "size",
    "x",
    "y",
)
# They decide what is shown first, and are not shown.
ORDERS = ("series_limit_metric", "timeseries_limit_metric", "timeseries_limit_metric_b")
COLUMNS = (
    "all_columns",
    "columns",
    "entity",
    "granularity_sqla",
    "groupby",
    "groupby_b",
    "groupbyColumns",
    "groupbyRows",
    "series",
    "series_columns",
    "source",
    "target",
    "x_axis",
)
FILTERS = ("adhoc_filters", "adhoc_filters_b")
_COUNTS = {"COUNT_DISTINCT": "COUNT(DISTINCT {})"}


@dataclass(frozen=True)
class OwnMetric:
    """A metric that a chart defines itself."""

    name: str
    expression: str


def listed(value: Any) -> list[Any]:
    """One or several, as a list."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def used_metrics(params: dict[str, Any], keys: tuple[str, ...] = (*METRICS, *ORDERS)) -> list[str]:
    """The dataset's metrics that a chart names; metrics that it defines itself are not among them."""
    return sorted({item for key in keys for item in listed(params.get(key)) if isinstance(item, str)})


def own_metrics(params: dict[str, Any], keys: tuple[str, ...] = (*METRICS, *ORDERS)) -> list[OwnMetric]:
    """The metrics that a chart defines itself, of one column or in SQL."""
    found = []
    for item in (item for key in keys for item in listed(params.get(key)) if isinstance(item, dict)):
        if item.get("expressionType") == "SQL":
            expression = str(item.get("sqlExpression") or "")
        elif item.get("expressionType") != "SIMPLE":
            continue
        else:
            column = f"`{(item.get('column') or {}).get('column_name')}`"
            aggregate = str(item.get("aggregate") or "SUM")
            expression = _COUNTS.get(aggregate, aggregate + "({})").format(column)
        found.append(OwnMetric(str(item.get("label") or expression), expression))
    return found


def used_columns(params: dict[str, Any], keys: tuple[str, ...] = COLUMNS) -> list[str]:
    """The columns that a chart names; in its filters, its order and its own metrics too."""
    found = grouped(params, keys)
    for key in (*METRICS, *ORDERS):
        for item in listed(params.get(key)):
            if isinstance(item, dict) and item.get("expressionType") == "SIMPLE":
                found.add(str((item.get("column") or {}).get("column_name")))
    for item in filters(params):
        if item.get("expressionType") == "SIMPLE" and item.get("subject"):
            found.add(str(item["subject"]))
    for item in listed(params.get("order_by_cols")):
        try:
            found.add(str(json.loads(item)[0]))
        except (TypeError, ValueError, LookupError):
            found.add(str(item))
    return sorted(found)


def grouped(params: dict[str, Any], keys: tuple[str, ...]) -> set[str]:
    """The columns that some controls name."""
    return {item for key in keys for item in listed(params.get(key)) if isinstance(item, str)}


def filters(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The filters that a chart has of its own."""
    return [item for key in FILTERS for item in listed(params.get(key)) if isinstance(item, dict)]


def own_sql(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a chart says in SQL: columns of its own, and filters. (Where it stands, the SQL)."""
    for key in COLUMNS:
        for item in listed(params.get(key)):
            if isinstance(item, dict):
                yield f"{key} {item.get('label') or ''}".rstrip(), str(item.get("sqlExpression") or "")
    for item in filters(params):
        if item.get("expressionType") == "SQL":
            yield f"its {item.get('clause') or 'WHERE'} filter", str(item.get("sqlExpression") or "")
