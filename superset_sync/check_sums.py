"""No chart sums a figure over keys that it does not add over: somebody who came twice is one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from superset_sync.assets import Asset
from superset_sync.chart_parts import COLUMNS, METRICS, OwnMetric, filters, grouped, listed, own_metrics, used_metrics
from superset_sync.check_datasets import Dataset
from superset_sync.lineage import SqlError, held_keys
from superset_sync.rules import Finding, Rule
from superset_sync.viz_types import KNOWN, VizType

_DAYS = {None, "", "P1D"}
_UNKNOWN = VizType(COLUMNS)
_TOTAL = ("metric", "metrics")
_SHARES = ("percent_metrics",)
_PIVOT_TOTALS = {
    "rowTotals": "groupbyColumns",
    "rowSubTotals": "groupbyColumns",
    "colTotals": "groupbyRows",
    "colSubTotals": "groupbyRows",
}


@dataclass(frozen=True)
class Sum:
    """Figures that a chart shows: which controls name them, the columns whose values stay apart, and how it adds."""

    metrics: tuple[str, ...]
    kept: frozenset[str]
    how: str = ""
    remedy: str = ""


def check_sums(asset: Asset, params: dict[str, Any], dataset: Dataset, held: frozenset[str]) -> Iterator[Finding]:
    """The sums of one chart that are none, each once.

    `held` are the columns that a required filter holds to one value wherever the chart is shown.
    """
    if params.get("query_mode") == "raw":
        return
    held |= _held_by_filters(params)
    said: set[tuple[str, str]] = set()
    for each in sums(str(asset.content.get("viz_type")), params, dataset.dates):
        kept = dataset.keys_of(each.kept | held)
        for metric in _metrics(params, each, dataset):
            for key, column in dataset.forbidden_keys(metric.expression).items():
                if key in kept or (metric.name, key) in said:
                    continue
                said.add((metric.name, key))
                how = f" {each.how}" if each.how else ""
                yield Finding(
                    asset.file,
                    f"metric {metric.name} sums {column} over {key}{how}, over which it does not add",
                    each.remedy or f"show it by {key}" + (" and by day" if key == "date" else ""),
                    Rule.SUMS,
                )


def sums(viz_type: str, params: dict[str, Any], dates: frozenset[str]) -> Iterator[Sum]:
    """Everything that a chart adds up: what its query groups, and what is added to that afterwards."""
    viz = KNOWN.get(viz_type, _UNKNOWN)
    kept = grouped(params, viz.groups)
    if params.get("time_grain_sqla") not in _DAYS:
        kept -= dates
    if viz_type == "mixed_timeseries":
        second = (kept - grouped(params, ("groupby",))) | grouped(params, ("groupby_b",))
        yield Sum(("metrics_b",), frozenset(second))
        yield Sum(("metrics",), frozenset(kept))
    elif "table" not in viz_type:
        yield Sum(METRICS, frozenset(kept))
    else:
        yield Sum(_TOTAL, frozenset(kept))
    yield from _over_the_axis(params, frozenset(kept))
    yield from _over_the_series(viz, params, frozenset(kept))
    yield from _in_totals(viz_type, params, frozenset(kept))


def _over_the_axis(params: dict[str, Any], kept: frozenset[str]) -> Iterator[Sum]:
    axis = grouped(params, ("x_axis", "granularity_sqla"))
    if params.get("aggregation") in {"sum", "raw"}:
        yield Sum(_TOTAL, frozenset(), "in its one figure", "set aggregation: LAST_VALUE or mean")
    if params.get("rolling_type") in {"sum", "cumsum"}:
        yield Sum(_TOTAL, kept - axis, "in its rolling window", "set rolling_type: mean, or none")
    if params.get("resample_rule") and params.get("resample_method") == "sum":
        yield Sum(_TOTAL, kept - axis, "when it resamples", "set resample_method: mean")


def _over_the_series(viz: VizType, params: dict[str, Any], kept: frozenset[str]) -> Iterator[Sum]:
    series = grouped(params, ("groupby", "columns"))
    if viz.is_whole:
        yield Sum(_TOTAL, kept - grouped(params, viz.groups), "as parts of a whole", "show bars or a table instead")
    if params.get("group_others_when_limit_reached"):
        yield Sum(_TOTAL, kept - series, "in Others", "set group_others_when_limit_reached: false")
    if params.get("stack"):
        yield Sum(_TOTAL, kept - series, "by stacking", "set stack: null")
    if params.get("contributionMode") == "row":
        yield Sum(_TOTAL, kept - series, "for shares", "set contributionMode: null")
    if params.get("showTooltipTotal") and params.get("rich_tooltip"):
        yield Sum(_TOTAL, kept - series, "in the total of its tooltip", "set showTooltipTotal: false")


def _in_totals(viz_type: str, params: dict[str, Any], kept: frozenset[str]) -> Iterator[Sum]:
    if params.get("show_totals"):
        yield Sum(_TOTAL, frozenset(), "in its row of totals", "set show_totals: false")
    if params.get("percent_metrics"):
        one = params.get("percent_metric_calculation") != "all_records" and str(params.get("series_limit")) == "1"
        kept_apart = grouped(params, ("series_columns",)) & kept if one else set()
        yield Sum(_SHARES, frozenset(kept_apart), "for its share", "take it out of percent_metrics")
    if viz_type == "pivot_table_v2" and str(params.get("aggregateFunction") or "Sum").startswith("Sum"):
        for control, added in _PIVOT_TOTALS.items():
            if params.get(control):
                yield Sum(_TOTAL, kept - grouped(params, (added,)), f"in its {control}", f"set {control}: false")


def _metrics(params: dict[str, Any], each: Sum, dataset: Dataset) -> list[OwnMetric]:
    named = [OwnMetric(name, dataset.metrics.get(name, "NULL")) for name in used_metrics(params, each.metrics)]
    return named + own_metrics(params, each.metrics)


def _held_by_filters(params: dict[str, Any]) -> frozenset[str]:
    """The columns that a chart's own filters hold to one value."""
    found: set[str] = set()
    for item in filters(params):
        if item.get("clause", "WHERE") != "WHERE":
            continue
        if item.get("expressionType") == "SQL":
            try:
                found |= held_keys(str(item.get("sqlExpression")))
            except SqlError:
                continue
        elif item.get("operator") == "==" or (
            item.get("operator") == "IN" and len(listed(item.get("comparator"))) == 1
        ):
            found.add(str(item.get("subject")))
    return frozenset(found)
