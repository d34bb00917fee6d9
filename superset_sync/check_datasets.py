"""The checks of one dataset: its columns exist in the report tables, its metrics use its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from superset_sync.assets import Asset, Finding
from superset_sync.declared import Table
from superset_sync.lineage import Column, SqlError, output_columns, referenced, summed


@dataclass(frozen=True)
class Dataset:
    """What charts and filters may use: the columns, and of each metric the keys over which it must not be summed."""

    file: str
    columns: frozenset[str] = frozenset()
    metrics: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Column] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()

    def forbidden_keys(self, expression: str) -> dict[str, str]:
        """Key → a column that the expression sums and that does not add over that key."""
        try:
            columns = summed(expression)
        except SqlError:
            return {}
        found: dict[str, str] = {}
        for total in sorted(columns, key=lambda total: total.column):
            additive = self.sources[total.column].additive_over if total.column in self.sources else None
            if additive is not None:
                found |= dict.fromkeys(self.keys - additive - total.held - total.averaged, total.column)
        return found


def read_dataset(asset: Asset, tables: Mapping[str, Table]) -> Dataset:
    """A dataset as charts see it; what is faulty in it is `check_dataset`'s affair."""
    try:
        sources = _sources(asset, tables)
    except SqlError:
        sources = {}
    # Where some columns say over what they add, the others are keys.
    keys = {
        column
        for table in tables.values()
        if any(additive is not None for additive in table.values())
        for column, additive in table.items()
        if additive is None
    }
    return Dataset(
        file=asset.file,
        columns=frozenset(item["column_name"] for item in _items(asset, "columns", "column_name")),
        metrics={item["metric_name"]: str(item.get("expression")) for item in _items(asset, "metrics", "metric_name")},
        sources=sources,
        keys=frozenset(keys & {item["column_name"] for item in _items(asset, "columns", "column_name")}),
        dates=frozenset(item["column_name"] for item in _items(asset, "columns", "column_name") if item.get("is_dttm")),
    )


def check_dataset(asset: Asset, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """The faults of one dataset."""
    for key, name in (("columns", "column_name"), ("metrics", "metric_name")):
        names = [item[name] for item in _items(asset, key, name)]
        if len(names) < len(asset.content.get(key) or []):
            yield Finding(asset.file, f"has an entry of {key} without {name}", "name it")
        for twice in sorted({found for found in names if names.count(found) > 1}):
            yield Finding(asset.file, f"declares {name} {twice} twice", "delete one of them")
    columns = {item["column_name"] for item in _items(asset, "columns", "column_name") if not item.get("expression")}
    try:
        sources = _sources(asset, tables)
    except SqlError as fault:
        yield Finding(asset.file, str(fault), "correct the dataset or the report's declaration")
    else:
        for column in sorted(columns - set(sources)):
            yield Finding(
                asset.file, f"column {column} is not in {_source(asset)}", "declare it there, or delete it here"
            )
    every = {item["column_name"] for item in _items(asset, "columns", "column_name")}
    for metric in _items(asset, "metrics", "metric_name"):
        try:
            unknown = referenced(str(metric.get("expression") or "NULL")) - every
        except SqlError as fault:
            yield Finding(asset.file, f"metric {metric['metric_name']}: {fault}", "correct the expression")
            continue
        for column in sorted(unknown):
            yield Finding(asset.file, f"metric {metric['metric_name']} uses {column}", "use a column of the dataset")
    main = asset.content.get("main_dttm_col")
    if main and main not in every:
        yield Finding(asset.file, f"main_dttm_col {main} is not a column", "name a column of the dataset")


def _sources(asset: Asset, tables: Mapping[str, Table]) -> dict[str, Column]:
    sql = asset.content.get("sql")
    if sql:
        return output_columns(str(sql), tables)
    table = str(asset.content.get("table_name"))
    if table not in tables:
        raise SqlError(f"no report declares the table {table}")
    return {name: Column(additive, (table, name)) for name, additive in tables[table].items()}


def _source(asset: Asset) -> str:
    return "its SQL" if asset.content.get("sql") else f"the declaration of {asset.content.get('table_name')}"


def _items(asset: Asset, key: str, name: str) -> list[dict[str, Any]]:
    return [item for item in asset.content.get(key) or [] if isinstance(item, dict) and item.get(name)]
