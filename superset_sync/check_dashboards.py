"""The checks of one dashboard: its layout names charts that exist, its filters columns that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from superset_sync.assets import Asset
from superset_sync.check_datasets import Dataset
from superset_sync.rules import Finding, Rule

_COMPONENTS = frozenset(
    {"CHART", "COLUMN", "DIVIDER", "DYNAMIC", "GRID", "HEADER", "MARKDOWN", "ROOT", "ROW", "TAB", "TABS"}
)
_FILTERS = frozenset({"filter_range", "filter_select", "filter_time", "filter_timecolumn", "filter_timegrain"})


def check_dashboard(asset: Asset, charts: Mapping[str, str], datasets: Mapping[str, Dataset]) -> Iterator[Finding]:
    """The faults of one dashboard, given all charts' names and all datasets, by uuid."""
    position = asset.content.get("position")
    if not isinstance(position, dict) or "ROOT_ID" not in position:
        yield Finding(
            asset.file, "has no position with a ROOT_ID", "write its layout, as Superset exports it", Rule.LAYOUT
        )
        return
    components = {key: value for key, value in position.items() if isinstance(value, dict)}
    yield from _check_layout(asset, components, charts)
    on_it = {_chart_uuid(component) for component in components.values() if component.get("type") == "CHART"}
    native = native_filters(asset)
    for name, count in Counter(str(item.get("id")) for item in native).items():
        if count > 1:
            yield Finding(asset.file, f"has {count} filters with the id {name}", "give each its own id", Rule.FILTERS)
    for item in native:
        yield from _check_target(asset, item, datasets)
        yield from _check_scope(asset, item, on_it, components, {str(other.get("id")) for other in native})


def native_filters(asset: Asset) -> list[dict[str, Any]]:
    """The filters of a dashboard."""
    found: list[dict[str, Any]] = (asset.content.get("metadata") or {}).get("native_filter_configuration") or []
    return found


def held_columns(asset: Asset) -> dict[str, frozenset[str]]:
    """Uuid of each chart on a dashboard → the columns that a required filter holds to one value there."""
    components = [item for item in (asset.content.get("position") or {}).values() if isinstance(item, dict)]
    found: dict[str, frozenset[str]] = {
        _chart_uuid(item): frozenset() for item in components if item.get("type") == "CHART"
    }
    for item in native_filters(asset):
        control = item.get("controlValues") or {}
        if control.get("multiSelect") is not False or not control.get("enableEmptyFilter"):
            continue
        columns = {str((target.get("column") or {}).get("name")) for target in item.get("targets") or []}
        left_out = {str(chart).lower() for chart in (item.get("scope") or {}).get("excluded") or []}
        for chart in found.keys() - left_out:
            found[chart] |= columns
    return found


def _check_layout(
    asset: Asset, components: Mapping[str, dict[str, Any]], charts: Mapping[str, str]
) -> Iterator[Finding]:
    reached: Counter[str] = Counter(["ROOT_ID"])
    waiting = ["ROOT_ID"]
    while waiting:
        key = waiting.pop()
        for child in components[key].get("children") or []:
            if child not in components:
                what = f"{key} holds {child}, which is not in position"
                yield Finding(asset.file, what, "add it, or take it out", Rule.LAYOUT)
                continue
            reached[child] += 1
            if reached[child] == 1:
                waiting.append(child)
    for key, component in components.items():
        if component.get("id") != key:
            yield Finding(asset.file, f"{key} has the id {component.get('id')}", f"set its id to {key}", Rule.LAYOUT)
        if component.get("type") not in _COMPONENTS:
            what = f"{key} is a {component.get('type')}, which no layout has"
            yield Finding(asset.file, what, f"use one of {', '.join(sorted(_COMPONENTS))}", Rule.LAYOUT)
        if reached[key] > 1:
            yield Finding(asset.file, f"{key} stands in {reached[key]} places", "leave it in one", Rule.LAYOUT)
        if component.get("type") == "CHART":
            yield from _check_chart(asset, key, component, charts)
            if not reached[key]:
                yield Finding(
                    asset.file, f"{key} is in no row", "add it to a row's children, or delete it", Rule.LAYOUT
                )


def _check_chart(asset: Asset, key: str, component: dict[str, Any], charts: Mapping[str, str]) -> Iterator[Finding]:
    uuid = _chart_uuid(component)
    name = (component.get("meta") or {}).get("sliceName")
    if uuid not in charts:
        what = f"{key} shows {uuid or 'no chart'}"
        yield Finding(asset.file, what, "name the uuid of a file in charts/", Rule.REFERENCES)
    elif name not in {None, charts[uuid]}:
        what = f"{key} is called {name}, and the chart {charts[uuid]}"
        yield Finding(asset.file, what, "set its sliceName to the chart's name", Rule.LAYOUT)


def _check_target(asset: Asset, item: dict[str, Any], datasets: Mapping[str, Dataset]) -> Iterator[Finding]:
    name = f"filter {item.get('name') or item.get('id')}"
    if item.get("filterType") not in {None, *_FILTERS}:
        what = f"{name} is a {item.get('filterType')}, which Superset does not have"
        yield Finding(asset.file, what, f"use one of {', '.join(sorted(_FILTERS))}", Rule.FILTERS)
    for target in item.get("targets") or []:
        if not target:
            continue
        dataset = datasets.get(str(target.get("datasetUuid") or "").lower())
        if dataset is None:
            what = f"{name} reads no dataset of datasets/"
            yield Finding(asset.file, what, "set datasetUuid to a file's uuid", Rule.REFERENCES)
            continue
        used = [("filters", (target.get("column") or {}).get("name"))]
        used += [("reads its time from", item["granularity_sqla"])] if item.get("granularity_sqla") else []
        used += [("asks for", own.get("subject")) for own in item.get("adhoc_filters") or [] if own.get("subject")]
        used += [("begins with", own.get("col")) for own in _preset(item)]
        for what, column in used:
            if column not in dataset.columns:
                said = f"{name} {what} {column}, not a column of {dataset.file}"
                yield Finding(asset.file, said, "use one that is there", Rule.FILTERS)
        metric = item.get("sortMetric")
        if metric and metric not in dataset.metrics:
            said = f"{name} sorts by {metric}, not a metric of {dataset.file}"
            yield Finding(asset.file, said, "use one that is there", Rule.FILTERS)


def _preset(item: dict[str, Any]) -> list[dict[str, Any]]:
    """What a filter is set to when the page opens."""
    found: list[dict[str, Any]] = ((item.get("defaultDataMask") or {}).get("extraFormData") or {}).get("filters") or []
    return found


def _check_scope(
    asset: Asset, item: dict[str, Any], on_it: set[str], components: Mapping[str, Any], ids: set[str]
) -> Iterator[Finding]:
    name = f"filter {item.get('name') or item.get('id')}"
    scope = item.get("scope") or {}
    for chart in scope.get("excluded") or []:
        if str(chart).lower() not in on_it:
            what = f"{name} leaves out {chart}, which is not on it"
            yield Finding(asset.file, what, "name a chart's uuid", Rule.FILTERS)
    for root in scope.get("rootPath") or []:
        if root not in components:
            what = f"{name} reaches what is below {root}, which is not in position"
            yield Finding(asset.file, what, "write ROOT_ID, or a tab's id", Rule.FILTERS)
    for parent in item.get("cascadeParentIds") or []:
        if parent not in ids - {str(item.get("id"))}:
            what = f"{name} depends on {parent}, which is no other filter of the page"
            yield Finding(asset.file, what, "name a filter's id, or take it out", Rule.FILTERS)


def _chart_uuid(component: Mapping[str, Any]) -> str:
    return str((component.get("meta") or {}).get("uuid") or "").lower()
