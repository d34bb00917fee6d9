"""Whether the asset folders hold together, found out before anything is sent.

Superset's import answers 500 to broken YAML, and stops linking a dashboard's charts at the first uuid that it does not
know, silently. So every fault is looked for here, and all of them are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from superset_sync.annotations import layers
from superset_sync.assets import Asset, Assets, Finding
from superset_sync.check_charts import check_chart
from superset_sync.check_dashboards import check_dashboard, held_columns
from superset_sync.check_datasets import Dataset, check_dataset, read_dataset
from superset_sync.declared import Table, read_declared_tables

__all__ = ["check", "read_declared_tables"]


def check(assets: Assets, tables: Mapping[str, Table]) -> list[Finding]:
    """Every fault in the folders, by file. `tables` are the report tables' columns (`read_declared_tables`)."""
    findings = list(assets.unreadable)
    findings += _check_uuids(assets)
    findings += _check_databases(assets)
    datasets: dict[str, Dataset] = {}
    for asset in assets.datasets:
        findings += _check_reference(
            asset, "database_uuid", {database.uuid for database in assets.databases}, "databases"
        )
        findings += check_dataset(asset, tables)
        datasets[asset.uuid] = read_dataset(asset, tables)
    held = _held_everywhere(assets)
    for asset in assets.charts:
        findings += _check_reference(asset, "dataset_uuid", set(datasets), "datasets")
        dataset = datasets.get(str(asset.content.get("dataset_uuid") or "").lower())
        findings += check_chart(asset, dataset, held.get(asset.uuid, frozenset()))
        findings += _check_marks(asset, assets)
    charts = {chart.uuid for chart in assets.charts}
    for asset in assets.dashboards:
        findings += check_dashboard(asset, charts, datasets)
    return sorted(set(findings))


def _held_everywhere(assets: Assets) -> dict[str, frozenset[str]]:
    """Uuid of each chart on a dashboard → the columns that are held to one value on all of them."""
    found: dict[str, frozenset[str]] = {}
    for dashboard in assets.dashboards:
        for chart, columns in held_columns(dashboard).items():
            found[chart] = found[chart] & columns if chart in found else columns
    return found


def _check_marks(asset: Asset, assets: Assets) -> Iterator[Finding]:
    charts = {chart.uuid: chart for chart in assets.charts}
    for layer in layers(asset):
        name = f"mark {layer.get('name')}"
        source = charts.get(str(layer.get("value")).lower())
        if source is None:
            yield Finding(asset.file, f"{name} comes from no chart of charts/", "set value to the uuid of a file")
            continue
        rows = (source.content.get("params") or {}).get("all_columns") or []
        for key in ("timeColumn", "titleColumn"):
            if layer.get(key) not in rows:
                yield Finding(
                    asset.file,
                    f"{name} takes {layer.get(key)} from {source.file}, which does not list it",
                    "add it there",
                )


def _check_uuids(assets: Assets) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for _, asset in assets:
        try:
            UUID(asset.uuid)
        except ValueError:
            yield Finding(asset.file, "has no valid uuid", "give it one (`uuidgen`)")
            continue
        if asset.uuid in first:
            yield Finding(asset.file, f"has the uuid of {first[asset.uuid]}", "give one of them a new uuid")
        first.setdefault(asset.uuid, asset.file)


def _check_databases(assets: Assets) -> Iterator[Finding]:
    for asset in assets.databases:
        address = str(asset.content.get("sqlalchemy_uri") or "")
        account = address.partition("://")[2].rpartition("@")[0]
        if ":" in account or asset.content.get("password"):
            yield Finding(asset.file, "carries a password", "take it out; the environment has it")
        if not account:
            yield Finding(asset.file, "names no account in sqlalchemy_uri", "write mysql+pymysql://groundup_reader@…")


def _check_reference(asset: Asset, key: str, known: set[str], folder: str) -> Iterator[Finding]:
    uuid = str(asset.content.get(key) or "").lower()
    if uuid not in known:
        yield Finding(
            asset.file, f"{key} {uuid or '(none)'} is in no file of {folder}/", "name the uuid of a file that is there"
        )
