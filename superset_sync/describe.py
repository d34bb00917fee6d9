"""What figures mean, in the words of the reports' declarations.

A dataset's column that comes from one column of a report is described as the report describes it. Below a chart stands
its description: a first line of its own, then the meaning of every figure that it counts, generated.

`python -m superset_sync.describe` brings the asset folders up to date; a test compares.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings.environment import PROJECT
from superset_sync.assets import Asset, Assets, read_assets
from superset_sync.chart_parts import METRICS, used_metrics
from superset_sync.check_datasets import Dataset, read_dataset
from superset_sync.declared import Declared, Table, read_declared_tables
from superset_sync.lineage import Column, SqlError, summed
from superset_sync.written import write

_EMPTY = "Empty until its days have been loaded."


def described(assets: Assets, datasets: Mapping[str, Dataset], declared: Declared) -> dict[str, dict[str, Any]]:
    """File → what it says with all descriptions generated, for the datasets and charts.

    `datasets`: what `read_dataset` made of each, by uuid.
    """
    found = {}
    contents: dict[str, dict[str, Any]] = {}
    for asset in assets.datasets:
        dataset = datasets[asset.uuid]
        content = copy.deepcopy(asset.content)
        for item in content["columns"]:
            meaning = _of_column(dataset.sources.get(item["column_name"]), declared) or item.get("description")
            if meaning:
                item["description"] = meaning
        contents[asset.uuid] = found[asset.file] = content
    for asset in assets.charts:
        uuid = str(asset.content["dataset_uuid"]).lower()
        description = _of_chart(asset, datasets[uuid], contents[uuid], declared.texts)
        found[asset.file] = {**asset.content, "description": description}
    return found


def _of_column(source: Column | None, declared: Declared) -> str | None:
    """The column's meaning, and over what it adds; None where it comes from no column of a report."""
    if source is None or source.origin is None or source.origin not in declared.texts:
        return None
    parts = [declared.texts[source.origin]]
    if source.is_conditional:
        parts.append(_EMPTY)
    if source.additive_over is not None:
        parts.append(_adds(source.additive_over, declared.tables[source.origin[0]]))
    return " ".join(parts)


def _adds(additive_over: frozenset[str], table: Table) -> str:
    keys = [key for key, additive in table.items() if additive is None]
    over = [key for key in keys if key in additive_over]
    never = [key for key in keys if key not in additive_over]
    return f"Adds over {', '.join(over)}; never over {', '.join(never)}." if never else "Adds over everything."


def _of_chart(asset: Asset, dataset: Dataset, content: dict[str, Any], texts: Mapping[tuple[str, str], str]) -> str:
    own = str(asset.content.get("description") or "").split("\n")[0]
    metrics = used_metrics(asset.content["params"], METRICS)
    counted = {total.column for metric in metrics for total in _summed(dataset.metrics.get(metric, "NULL"))}
    meanings = [
        f"{item.get('verbose_name')}: {texts[source.origin]}"
        for item in content["columns"]
        if item["column_name"] in counted
        and (source := dataset.sources.get(item["column_name"])) is not None
        and source.origin is not None
        and source.origin in texts
        # The day before's figure is explained with the figure.
        and not any(item["column_name"].startswith(f"{other}_") for other in counted)
    ]
    # What is not counted, such as a rank, is explained by its metric.
    meanings = meanings or [
        f"{item.get('verbose_name')}: {item.get('description')}"
        for item in content["metrics"]
        if item["metric_name"] in metrics and item.get("d3format")
    ]
    return "\n".join([own, *([" ".join(meanings)] if meanings else [])])


def _summed(expression: str) -> set[Any]:
    try:
        return set(summed(expression))
    except SqlError:
        return set()


def main(root: Path = PROJECT) -> None:
    """Rewrite the files whose descriptions have changed, and say which."""
    assets, declared = read_assets(root), read_declared_tables(root)
    datasets = {asset.uuid: read_dataset(asset, declared) for asset in assets.datasets}
    for file, content in described(assets, datasets, declared).items():
        path, text = root / file, write(content)
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(file)  # noqa: T201 - its output


if __name__ == "__main__":
    main()
