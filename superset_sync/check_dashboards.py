"""The checks of one dashboard: its layout names charts that exist, its filters columns that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from superset_sync.assets import Asset, Finding
from superset_sync.check_datasets import Dataset


def check_dashboard(asset: Asset, charts: set[str], datasets: Mapping[str, Dataset]) -> Iterator[Finding]:
    """The faults of one dashboard, given the uuids of all charts and the datasets by uuid."""
    position = asset.content.get("position")
    if not isinstance(position, dict) or "ROOT_ID" not in position:
        yield Finding(asset.file, "has no position with a ROOT_ID", "write its layout, as Superset exports it")
        return
    components = {key: value for key, value in position.items() if isinstance(value, dict)}
    yield from _check_layout(asset, components, charts)
    on_it = {_chart_uuid(component) for component in components.values() if component.get("type") == "CHART"}
    for item in (asset.content.get("metadata") or {}).get("native_filter_configuration") or []:
        yield from _check_filter(asset, item, on_it, datasets)


def held_columns(asset: Asset) -> dict[str, frozenset[str]]:
    """Uuid of each chart on a dashboard → the columns that a required filter holds to one value there."""
    components = [item for item in (asset.content.get("position") or {}).values() if isinstance(item, dict)]
    found: dict[str, frozenset[str]] = {
        _chart_uuid(item): frozenset() for item in components if item.get("type") == "CHART"
    }
    for item in (asset.content.get("metadata") or {}).get("native_filter_configuration") or []:
        control = item.get("controlValues") or {}
        if control.get("multiSelect") is not False or not control.get("enableEmptyFilter"):
            continue
        columns = {str((target.get("column") or {}).get("name")) for target in item.get("targets") or []}
        left_out = {str(chart).lower() for chart in (item.get("scope") or {}).get("excluded") or []}
        for chart in found.keys() - left_out:
            found[chart] |= columns
    return found


def _check_layout(asset: Asset, components: Mapping[str, dict[str, Any]], charts: set[str]) -> Iterator[Finding]:
    reached: set[str] = set()
    waiting = ["ROOT_ID"]
    while waiting:
        key = waiting.pop()
        reached.add(key)
        for child in components[key].get("children") or []:
            if child not in components:
                yield Finding(asset.file, f"{key} holds {child}, which is not in position", "add it, or take it out")
            elif child not in reached:
                waiting.append(child)
    for key, component in components.items():
        if component.get("type") != "CHART":
            continue
        uuid = _chart_uuid(component)
        if uuid not in charts:
            yield Finding(asset.file, f"{key} shows {uuid or 'no chart'}", "name the uuid of a file in charts/")
        if key not in reached:
            yield Finding(asset.file, f"{key} is in no row", "add it to a row's children, or delete it")


def _check_filter(
    asset: Asset, item: dict[str, Any], on_it: set[str], datasets: Mapping[str, Dataset]
) -> Iterator[Finding]:
    name = f"filter {item.get('name') or item.get('id')}"
    for target in item.get("targets") or []:
        if not target:
            continue
        dataset = datasets.get(str(target.get("datasetUuid") or "").lower())
        if dataset is None:
            yield Finding(asset.file, f"{name} reads no dataset of datasets/", "set datasetUuid to a file's uuid")
            continue
        column = (target.get("column") or {}).get("name")
        if column not in dataset.columns:
            yield Finding(
                asset.file, f"{name} filters {column}, not a column of {dataset.file}", "use one that is there"
            )
        metric = item.get("sortMetric")
        if metric and metric not in dataset.metrics:
            yield Finding(
                asset.file, f"{name} sorts by {metric}, not a metric of {dataset.file}", "use one that is there"
            )
    for chart in (item.get("scope") or {}).get("excluded") or []:
        if str(chart).lower() not in on_it:
            yield Finding(asset.file, f"{name} leaves out {chart}, which is not on it", "name a chart's uuid")


def _chart_uuid(component: Mapping[str, Any]) -> str:
    return str((component.get("meta") or {}).get("uuid") or "").lower()
