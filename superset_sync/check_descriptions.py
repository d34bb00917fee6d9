"""Figures are described in the words of report.yaml, in the datasets and below the charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from superset_sync.assets import Assets
from superset_sync.check_datasets import Dataset
from superset_sync.declared import Declared
from superset_sync.describe import described
from superset_sync.rules import Finding, Rule

_REMEDY = "run `python -m superset_sync.describe`"


def check_descriptions(assets: Assets, datasets: Mapping[str, Dataset], declared: Declared) -> Iterator[Finding]:
    """Every description that differs from the generated one."""
    generated = described(assets, datasets, declared)
    for asset in assets.datasets:
        columns = zip(asset.content["columns"], generated[asset.file]["columns"], strict=True)
        for column, wanted in columns:
            if column.get("description") != wanted.get("description"):
                what = f"column {column['column_name']} is described otherwise than in report.yaml"
                yield Finding(asset.file, what, _REMEDY, Rule.DESCRIPTIONS)
    for asset in assets.charts:
        if (asset.content.get("description") or "") != generated[asset.file]["description"]:
            what = "describes its figures otherwise than report.yaml"
            yield Finding(asset.file, what, _REMEDY, Rule.DESCRIPTIONS)
