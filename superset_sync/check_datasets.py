"""The checks of one dataset: its columns are those of the report tables, its metrics use its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from superset_sync.assets import Asset
from superset_sync.declared import Declared
from superset_sync.lineage import Column, Query, SqlError, combined, referenced, resolve, summed, table_columns
from superset_sync.rules import Finding, Rule

# What a type of report.yaml may be called in a dataset.
_TYPES = {
    "DATE": {"DATE"},
    "STRING": {"VARCHAR", "CHAR", "TEXT", "STRING", "MEDIUMTEXT", "LONGTEXT"},
    "INT64": {"BIGINT", "INT", "INTEGER", "LONGLONG"},
    "FLOAT64": {"DOUBLE", "FLOAT"},
    "BOOL": {"BOOLEAN", "BOOL", "TINYINT"},
    "TIMESTAMP": {"DATETIME", "TIMESTAMP"},
}
_TIMES = _TYPES["DATE"] | _TYPES["TIMESTAMP"]


@dataclass(frozen=True)
class Dataset:
    """What charts and filters may use: the columns, and of each metric the keys over which it must not be summed."""

    file: str
    columns: frozenset[str] = frozenset()
    metrics: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Column] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    # Sums in its SQL that are none: column → the keys that it must not be added over.
    lost: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Why its columns are not known.
    fault: str | None = None

    def forbidden_keys(self, expression: str) -> dict[str, str]:
        """Key → a column that the expression sums and that does not add over that key."""
        try:
            columns = summed(expression)
        except SqlError:
            return {}
        found: dict[str, str] = {}
        for total in sorted(columns, key=lambda total: total.column):
            source = self.sources.get(total.column)
            if source is not None and source.additive_over is not None:
                held = self.keys_of(total.held) | self.keys_of(total.averaged)
                found |= dict.fromkeys(sorted(source.keys - source.additive_over - held), total.column)
        return found

    def keys_of(self, columns: frozenset[str]) -> frozenset[str]:
        """The reports' keys whose values these columns show."""
        origins = {self.sources[name].origin for name in columns if name in self.sources}
        return frozenset(origin[1] for origin in origins if origin is not None)


def read_dataset(asset: Asset, declared: Declared) -> Dataset:
    """A dataset as charts see it; what is faulty in it is `check_dataset`'s affair."""
    query, fault = Query({}, {}), None
    try:
        query = _query(asset, declared)
    except SqlError as error:
        fault = str(error)
    sources = dict(query.columns)
    columns = _items(asset, "columns", "column_name")
    for item in columns:
        if item.get("expression"):
            try:
                used = referenced(str(item["expression"]))
            except SqlError:
                used = set()
            sources[item["column_name"]] = combined(sources[name] for name in used if name in sources)
    return Dataset(
        file=asset.file,
        columns=frozenset(item["column_name"] for item in columns),
        metrics={item["metric_name"]: str(item.get("expression")) for item in _items(asset, "metrics", "metric_name")},
        sources=sources,
        dates=frozenset(item["column_name"] for item in columns if item.get("is_dttm")),
        lost=query.lost,
        fault=fault,
    )


def check_dataset(asset: Asset, dataset: Dataset, declared: Declared) -> Iterator[Finding]:
    """The faults of one dataset, given what `read_dataset` made of it."""
    yield from _check_names(asset)
    if dataset.fault is None:
        yield from _check_columns(asset, dataset, declared)
        yield from _check_sql(asset, dataset)
    else:
        rule = Rule.DATASET_SQL if asset.content.get("sql") else Rule.TABLES
        yield Finding(asset.file, dataset.fault, "correct the dataset or the report's declaration", rule)
    yield from _check_expressions(asset)


def _check_names(asset: Asset) -> Iterator[Finding]:
    columns = [item["column_name"] for item in _items(asset, "columns", "column_name")]
    metrics = [item["metric_name"] for item in _items(asset, "metrics", "metric_name")]
    for kind, names in (("column_name", columns), ("metric_name", metrics)):
        for twice in sorted({found for found in names if names.count(found) > 1}):
            yield Finding(asset.file, f"declares {kind} {twice} twice", "delete one of them", Rule.NAMES)
    lower = {name.lower() for name in columns}
    for metric in metrics:
        if metric.lower() in lower:
            # MySQL resolves the alias first: `SUM(dau) AS dau … ORDER BY SUM(dau)` fails.
            yield Finding(asset.file, f"metric {metric} is called like a column", "rename the metric", Rule.NAMES)
    main = asset.content.get("main_dttm_col")
    if main and main not in columns:
        yield Finding(asset.file, f"main_dttm_col {main} is not a column", "name a column of the dataset", Rule.NAMES)


def _check_columns(asset: Asset, dataset: Dataset, declared: Declared) -> Iterator[Finding]:
    for item in _items(asset, "columns", "column_name"):
        name = item["column_name"]
        if item.get("is_dttm") and _base(item.get("type")) not in _TIMES:
            yield Finding(asset.file, f"column {name} is_dttm and is no DATE", "set is_dttm: false", Rule.TYPES)
        if item.get("expression"):
            continue
        if name not in dataset.sources:
            remedy = "declare it there, or delete it here"
            yield Finding(asset.file, f"column {name} is not in {_source(asset)}", remedy, Rule.TABLES)
            continue
        origin = dataset.sources[name].origin
        wanted = declared.types.get(origin) if origin else None
        if origin and wanted and _base(item.get("type")) not in _TYPES.get(wanted, {""}):
            yield Finding(
                asset.file,
                f"column {name} is {item.get('type') or 'of no type'}, "
                f"and report.yaml declares {'.'.join(origin)} as {wanted}",
                f"set its type to {_mysql(wanted)}",
                Rule.TYPES,
            )


def _check_sql(asset: Asset, dataset: Dataset) -> Iterator[Finding]:
    for column, keys in sorted(dataset.lost.items()):
        for key in sorted(keys):
            what = f"its SQL sums {column} over {key}, over which it does not add"
            yield Finding(asset.file, what, f"group by {key}, or hold it to one value in WHERE", Rule.SUMS)


def _check_expressions(asset: Asset) -> Iterator[Finding]:
    columns = _items(asset, "columns", "column_name")
    every = {item["column_name"] for item in columns}
    computed = {item["column_name"] for item in columns if item.get("expression")}
    expressions = [
        (f"metric {item['metric_name']}", item.get("expression"), every)
        for item in _items(asset, "metrics", "metric_name")
    ]
    # MySQL does not know a computed column inside another.
    expressions += [
        (f"column {item['column_name']}", item["expression"], every - computed)
        for item in columns
        if item.get("expression")
    ]
    for name, expression, known in expressions:
        try:
            unknown = referenced(str(expression or "")) - known
        except SqlError as fault:
            yield Finding(asset.file, f"{name}: {fault}", "correct the expression", Rule.EXPRESSIONS)
            continue
        for column in sorted(unknown):
            yield Finding(asset.file, f"{name} uses {column}", "use a column of the dataset", Rule.EXPRESSIONS)


def _query(asset: Asset, declared: Declared) -> Query:
    sql = asset.content.get("sql")
    if sql:
        return resolve(str(sql), declared.tables)
    table = str(asset.content.get("table_name"))
    if table not in declared.tables:
        raise SqlError(f"no report declares the table {table}")
    return Query(table_columns(table, declared.tables[table]), {})


def _source(asset: Asset) -> str:
    return "its SQL" if asset.content.get("sql") else f"the declaration of {asset.content.get('table_name')}"


def _base(kind: Any) -> str:
    return str(kind or "").partition("(")[0].strip().upper()


def _mysql(kind: str) -> str:
    return {"STRING": "VARCHAR(255)", "INT64": "BIGINT", "FLOAT64": "DOUBLE", "BOOL": "BOOLEAN", "DATE": "DATE"}.get(
        kind, "DATETIME"
    )


def _items(asset: Asset, key: str, name: str) -> list[dict[str, Any]]:
    found = asset.content.get(key)
    return [item for item in found if isinstance(item, dict) and item.get(name)] if isinstance(found, list) else []
