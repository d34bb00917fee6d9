"""The checks of one chart: what it shows exists in its dataset, and its SQL fits."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from superset_sync.assets import Asset
from superset_sync.chart_parts import listed, own_metrics, own_sql, used_columns, used_metrics
from superset_sync.check_datasets import Dataset
from superset_sync.check_sums import check_sums
from superset_sync.lineage import SqlError, referenced
from superset_sync.rules import Finding, Rule
from superset_sync.viz_types import KNOWN, OTHERS, controls

# The end of the name of a column that gives HTML.
_MARKUP = "_html"
_TABLES = ("table", "pivot_table_v2", "ag-grid-table")


def check_chart(asset: Asset, dataset: Dataset | None, held: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """The faults of one chart; what its dataset should have is only checked when the dataset is known.

    `held` are the columns that a required filter holds to one value wherever the chart is shown.
    """
    params = asset.content["params"]
    yield from _check_controls(asset, params)
    if dataset is None:
        return
    yield from _check_names(asset, params, dataset)
    yield from _check_sql(asset, params, dataset)
    yield from _check_markup(asset, params, dataset)
    yield from check_sums(asset, params, dataset, held)


def _check_controls(asset: Asset, params: dict[str, Any]) -> Iterator[Finding]:
    viz_type = str(asset.content.get("viz_type"))
    if params.get("viz_type", viz_type) != viz_type:
        yield Finding(asset.file, "names two different viz_type", "make them equal", Rule.CONTROLS)
    if viz_type not in KNOWN and viz_type not in OTHERS:
        yield Finding(asset.file, f"viz_type {viz_type} is none of Superset's", _meant(viz_type, KNOWN), Rule.CONTROLS)
    for key in params:
        if key not in controls():
            yield Finding(
                asset.file, f"params.{key} is no control that Superset knows", _meant(key, controls()), Rule.CONTROLS
            )
    for key in KNOWN[viz_type].needs if viz_type in KNOWN else ():
        instead = "granularity_sqla" if key == "x_axis" else key
        if not listed(params.get(key)) and not params.get(instead):
            yield Finding(asset.file, f"a {viz_type} needs params.{key}", "set it", Rule.CONTROLS)
    if viz_type == "table":
        raw = params.get("query_mode") == "raw"
        shown = ("all_columns",) if raw else ("groupby", "metrics", "percent_metrics")
        if not any(params.get(key) for key in shown):
            yield Finding(asset.file, "shows no column", f"set params.{shown[0]}", Rule.CONTROLS)


def _check_names(asset: Asset, params: dict[str, Any], dataset: Dataset) -> Iterator[Finding]:
    for metric in used_metrics(params):
        if metric not in dataset.metrics:
            yield _absent(asset, f"metric {metric}", dataset)
    for column in used_columns(params):
        if column not in dataset.columns and not (column in dataset.metrics and _is_ordered_by(params, column)):
            yield _absent(asset, f"column {column}", dataset)
    own = {metric.name for metric in own_metrics(params)}
    shown = {*dataset.columns, *dataset.metrics, *own}
    formatted = [*(params.get("column_config") or {})]
    formatted += [str(rule.get("column")) for rule in params.get("conditional_formatting") or []]
    for name in formatted:
        if name.removeprefix("%") not in shown:
            yield _absent(asset, f"formatted column {name}", dataset)


def _check_sql(asset: Asset, params: dict[str, Any], dataset: Dataset) -> Iterator[Finding]:
    own = [(f"metric {metric.name}", metric.expression) for metric in own_metrics(params)]
    for name, sql in [*own, *own_sql(params)]:
        if not sql.strip():
            yield Finding(asset.file, f"{name} is empty", "write its SQL, or take it out", Rule.CHART_SQL)
            continue
        try:
            unknown = referenced(sql) - dataset.columns
        except SqlError as fault:
            yield Finding(asset.file, f"{name}: {fault}", "correct the expression", Rule.CHART_SQL)
            continue
        for column in sorted(unknown):
            remedy = _meant(column, dataset.columns, f"use a column of {dataset.file}")
            yield Finding(asset.file, f"{name} uses {column}, not a column of its dataset", remedy, Rule.CHART_SQL)


def _check_markup(asset: Asset, params: dict[str, Any], dataset: Dataset) -> Iterator[Finding]:
    """A table takes a text that looks like HTML for HTML unless it is told not to, and shows another text.

    Columns that are made of HTML, with every text in them escaped, are told by their names.
    """
    if params.get("viz_type") not in _TABLES or params.get("allow_render_html") is False:
        return
    config = params.get("column_config") or {}
    names = [
        name for key in ("groupby", "all_columns", "groupbyRows", "groupbyColumns") for name in listed(params.get(key))
    ]
    shown = [
        name for name in names if not isinstance(name, str) or (config.get(name) or {}).get("visible") is not False
    ]
    if not any(isinstance(name, str) and name.endswith(_MARKUP) for name in shown):
        remedy = "set allow_render_html: false in its params"
        yield Finding(asset.file, "would show texts as HTML", remedy, Rule.MARKUP)
        return
    for name in shown:
        if not isinstance(name, str) or (name not in dataset.dates and not name.endswith(_MARKUP)):
            yield Finding(
                asset.file,
                f"would show the texts of {name} as HTML",
                f"show a column {name}{_MARKUP} that escapes them, or hide {name}",
                Rule.MARKUP,
            )


def _is_ordered_by(params: dict[str, Any], name: str) -> bool:
    return name in used_columns({"order_by_cols": params.get("order_by_cols")})


def _absent(asset: Asset, what: str, dataset: Dataset) -> Finding:
    remedy = f"add it to {dataset.file}, or use one that is there"
    return Finding(asset.file, f"{what} is not in its dataset", remedy, Rule.CHARTS)


def _meant(name: str, known: Any, otherwise: str = "take it out") -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f"write {close[0]}" if close else otherwise
