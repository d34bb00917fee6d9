"""Whether the asset folders hold together, found out before anything is sent.

Superset's import answers 500 to broken YAML, and stops linking a dashboard's charts at the first uuid that it does not
know, silently. So every fault is looked for here, and all of them are reported at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from superset_sync.annotations import layers
from superset_sync.assets import NAMED, Asset, Assets, read_assets
from superset_sync.check_alerts import check_alert
from superset_sync.check_charts import check_chart
from superset_sync.check_dashboards import check_dashboard, held_columns
from superset_sync.check_datasets import Dataset, check_dataset, read_dataset
from superset_sync.check_descriptions import check_descriptions
from superset_sync.check_files import check_invented, check_name
from superset_sync.check_roles import check_audience, check_roles
from superset_sync.check_secrets import check_secrets
from superset_sync.check_shape import check_shape
from superset_sync.database_settings import SETTINGS, address_settings
from superset_sync.declared import Declared, read_declared_tables
from superset_sync.rules import Finding, Rule

__all__ = ["check", "check_folders", "read_declared_tables"]

_NAMES = {
    "databases": ("database_name",),
    "charts": ("slice_name",),
    "dashboards": ("slug",),
    **NAMED,
}


def check_folders(root: Path) -> list[Finding]:
    """Every fault in the asset folders below `root`, by file."""
    return check(read_assets(root), read_declared_tables(root))


def check(assets: Assets, declared: Declared) -> list[Finding]:
    """Every fault in the folders, by file. Where the shape of a file is wrong, only that is said of what it holds."""
    findings = list(assets.unreadable)
    readable: set[str] = set()
    databases = {asset.uuid: str(asset.content.get("database_name")) for asset in assets.databases}
    for kind, asset in assets:
        faults, is_readable = check_shape(kind, asset)
        findings += [*faults, *check_invented(asset), *check_secrets(kind, asset), *check_name(kind, asset, databases)]
        readable |= {asset.file} if is_readable else set()
    findings += [*_check_uuids(assets), *_check_named_once(assets), *_check_references(assets)]
    findings += _check_addresses(assets)
    datasets = {asset.uuid: read_dataset(asset, declared) for asset in assets.datasets if asset.file in readable}
    for asset in assets.datasets:
        if asset.file in readable:
            findings += check_dataset(asset, datasets[asset.uuid], declared)
    findings += _check_charts(assets, datasets, readable)
    charts = {chart.uuid: str(chart.content.get("slice_name")) for chart in assets.charts}
    everything = {asset.uuid: Dataset(asset.file) for asset in assets.datasets} | datasets
    for asset in assets.dashboards:
        if asset.file in readable:
            findings += check_dashboard(asset, charts, everything)
    for asset in assets.dashboards:
        if asset.file in readable:
            findings += check_audience(asset, assets)
    findings += check_roles(assets, everything, readable)
    for asset in assets.alerts:
        if asset.file in readable:
            findings += check_alert(asset, assets, declared)
    if not any(finding.rule in _BEFORE_DESCRIPTIONS for finding in findings):
        findings += check_descriptions(assets, datasets, declared)
    return sorted(set(findings))


# A description is put together from all that a chart counts: it can be told once that is there.
_BEFORE_DESCRIPTIONS = frozenset(
    {Rule.YAML, Rule.SHAPE, Rule.UUIDS, Rule.REFERENCES, Rule.DATASET_SQL, Rule.TABLES, Rule.EXPRESSIONS, Rule.CHARTS}
)


def _check_charts(assets: Assets, datasets: dict[str, Dataset], readable: set[str]) -> Iterator[Finding]:
    held = _held_everywhere(assets, readable)
    charts = {chart.uuid: chart for chart in assets.charts if chart.file in readable}
    for uuid, asset in charts.items():
        dataset = datasets.get(str(asset.content.get("dataset_uuid") or "").lower())
        yield from check_chart(asset, dataset, held.get(uuid, frozenset()))
        yield from _check_marks(asset, charts)


def _held_everywhere(assets: Assets, readable: set[str]) -> dict[str, frozenset[str]]:
    """Uuid of each chart on a dashboard → the columns that are held to one value on all of them."""
    found: dict[str, frozenset[str]] = {}
    for dashboard in assets.dashboards:
        if dashboard.file in readable:
            for chart, columns in held_columns(dashboard).items():
                found[chart] = found[chart] & columns if chart in found else columns
    return found


def _check_marks(asset: Asset, charts: dict[str, Asset]) -> Iterator[Finding]:
    for layer in layers(asset):
        name = f"mark {layer.get('name')}"
        source = charts.get(str(layer.get("value")).lower())
        if source is None:
            remedy = "set value to the uuid of a file"
            yield Finding(asset.file, f"{name} comes from no chart of charts/", remedy, Rule.MARKS)
            continue
        rows = (source.content.get("params") or {}).get("all_columns") or []
        for key in ("timeColumn", "titleColumn"):
            if layer.get(key) not in rows:
                what = f"{name} takes {layer.get(key)} from {source.file}, which does not list it"
                yield Finding(asset.file, what, "add it there", Rule.MARKS)


def _check_uuids(assets: Assets) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for kind, asset in assets:
        if kind in NAMED:
            continue
        try:
            UUID(asset.uuid)
        except ValueError:
            yield Finding(asset.file, "has no valid uuid", "give it one (`uuidgen`)", Rule.UUIDS)
            continue
        if asset.uuid in first:
            remedy = "give one of them a new uuid"
            yield Finding(asset.file, f"has the uuid of {first[asset.uuid]}", remedy, Rule.UUIDS)
        first.setdefault(asset.uuid, asset.file)


def _check_named_once(assets: Assets) -> Iterator[Finding]:
    for kind, keys in _NAMES.items():
        named = [(tuple(str(asset.content.get(key) or "") for key in keys), asset.file) for asset in assets.of(kind)]
        for names, count in sorted(Counter(names for names, _ in named).items()):
            if count > 1 and all(names):
                files = [file for other, file in named if other == names]
                what, remedy = f"has the {keys[-1]} of {files[0]}", f"give it a {keys[-1]} of its own"
                yield Finding(files[-1], what, remedy, Rule.NAMES)


def _check_addresses(assets: Assets) -> Iterator[Finding]:
    for asset in assets.databases:
        for name in sorted(set(address_settings(asset.content)) - SETTINGS):
            remedy = f"name one of {', '.join(sorted(SETTINGS))}"
            yield Finding(asset.file, f"names {name}, which is no setting for databases", remedy, Rule.REFERENCES)


def _check_references(assets: Assets) -> Iterator[Finding]:
    for kind, key, folder in (("datasets", "database_uuid", "databases"), ("charts", "dataset_uuid", "datasets")):
        known = {asset.uuid for asset in assets.of(folder)}
        for asset in assets.of(kind):
            uuid = str(asset.content.get(key) or "").lower()
            if uuid not in known:
                what = f"{key} {uuid or '(none)'} is in no file of {folder}/"
                yield Finding(asset.file, what, "name the uuid of a file that is there", Rule.REFERENCES)
