"""The checks of one chart: what it shows exists in its dataset, and may be added up the way it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from superset_sync.assets import Asset, Finding
from superset_sync.check_datasets import Dataset

_METRICS = (
    "metric",
    "metrics",
    "metrics_b",
    "percent_metrics",
    "secondary_metric",
    "size",
    "timeseries_limit_metric",
    "timeseries_limit_metric_b",
    "x",
    "y",
)
_COLUMNS = (
    "all_columns",
    "columns",
    "entity",
    "granularity_sqla",
    "groupby",
    "groupby_b",
    "groupbyColumns",
    "groupbyRows",
    "series",
    "x_axis",
)
_DAY = "P1D"
# The end of the name of a column that gives HTML.
_MARKUP = "_html"
_TABLES = ("table", "pivot_table_v2")


def check_chart(asset: Asset, dataset: Dataset | None, held: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """The faults of one chart; what its dataset should have is only checked when the dataset is known.

    `held` are the columns that a required filter holds to one value wherever the chart is shown.
    """
    params = asset.content.get("params")
    if not isinstance(params, dict):
        yield Finding(asset.file, "has no params", "write what the chart shows, as Superset exports it")
        return
    if params.get("viz_type", asset.content.get("viz_type")) != asset.content.get("viz_type"):
        yield Finding(asset.file, "names two different viz_type", "make them equal")
    if dataset is None:
        return
    yield from _check_markup(asset, params, dataset)
    for metric in used_metrics(params):
        if metric not in dataset.metrics:
            yield _absent(asset, f"metric {metric}", dataset)
    for column in used_columns(params):
        if column not in dataset.columns:
            yield _absent(asset, f"column {column}", dataset)
    shown = {*dataset.columns, *dataset.metrics}
    formatted = [*(params.get("column_config") or {})]
    formatted += [str(rule.get("column")) for rule in params.get("conditional_formatting") or []]
    for name in formatted:
        if name.removeprefix("%") not in shown:
            yield _absent(asset, f"formatted column {name}", dataset)
    yield from _check_sums(asset, params, dataset, held)


def _check_markup(asset: Asset, params: dict[str, Any], dataset: Dataset) -> Iterator[Finding]:
    """A table takes a text that looks like HTML for HTML unless it is told not to, and shows another text.

    Columns that are made of HTML, with every text in them escaped, are told by their names.
    """
    if params.get("viz_type") not in _TABLES or params.get("allow_render_html") is False:
        return
    config = params.get("column_config") or {}
    names = [
        name for key in ("groupby", "all_columns", "groupbyRows", "groupbyColumns") for name in _list(params.get(key))
    ]
    shown = [
        name for name in names if not isinstance(name, str) or (config.get(name) or {}).get("visible") is not False
    ]
    if not any(isinstance(name, str) and name.endswith(_MARKUP) for name in shown):
        yield Finding(asset.file, "would show texts as HTML", "set allow_render_html: false in its params")
        return
    for name in shown:
        if not isinstance(name, str) or (name not in dataset.dates and not name.endswith(_MARKUP)):
            yield Finding(
                asset.file,
                f"would show the texts of {name} as HTML",
                f"show a column {name}{_MARKUP} that escapes them, or hide {name}",
            )


def used_metrics(params: dict[str, Any]) -> list[str]:
    """The dataset's metrics that a chart names; metrics that it defines itself are not among them."""
    found = [item for key in _METRICS for item in _list(params.get(key)) if isinstance(item, str)]
    return sorted(set(found))


def used_columns(params: dict[str, Any]) -> list[str]:
    """The columns that a chart names, in its own metrics and filters too; expressions are not among them."""
    found = [item for key in _COLUMNS for item in _list(params.get(key)) if isinstance(item, str)]
    for key in _METRICS:
        for item in _list(params.get(key)):
            if isinstance(item, dict) and item.get("expressionType") == "SIMPLE":
                found.append(str((item.get("column") or {}).get("column_name")))
    for item in _list(params.get("adhoc_filters")):
        if isinstance(item, dict) and item.get("expressionType") == "SIMPLE" and item.get("subject"):
            found.append(str(item["subject"]))
    for item in _list(params.get("order_by_cols")):
        try:
            found.append(str(json.loads(item)[0]))
        except (TypeError, ValueError, LookupError):
            found.append(str(item))
    return sorted(set(found))


def _check_sums(asset: Asset, params: dict[str, Any], dataset: Dataset, held: frozenset[str]) -> Iterator[Finding]:
    """A figure that counts people must not be summed over days: somebody who came twice is one person."""
    kept = set(used_columns({key: params.get(key) for key in _COLUMNS}))
    if params.get("time_grain_sqla") not in {None, _DAY}:
        kept.discard("date")
    if params.get("aggregation") == "sum":
        kept = set()
    if params.get("group_others_when_limit_reached"):
        kept -= set(used_columns({"groupby": params.get("groupby")}))
    kept |= held | _filtered_to_one(params)
    for metric in used_metrics({key: params.get(key) for key in _METRICS if "limit" not in key}):
        for key, column in dataset.forbidden_keys(dataset.metrics.get(metric, "NULL")).items():
            if key in kept:
                continue
            yield Finding(
                asset.file,
                f"metric {metric} sums {column} over {key}, over which it does not add",
                f"show it by {key}" + (" and by day" if key == "date" else ""),
            )


def _filtered_to_one(params: dict[str, Any]) -> set[str]:
    return {
        str(item["subject"])
        for item in _list(params.get("adhoc_filters"))
        if isinstance(item, dict) and item.get("expressionType") == "SIMPLE" and item.get("operator") == "=="
    }


def _absent(asset: Asset, what: str, dataset: Dataset) -> Finding:
    return Finding(asset.file, f"{what} is not in its dataset", f"add it to {dataset.file}, or use one that is there")


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
