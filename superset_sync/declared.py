"""The tables that datasets may read: the reports' declarations, and the store's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# Column → the keys over which it may be summed; None where summing it was never declared, as for a key itself.
Table = Mapping[str, frozenset[str] | None]

# Read ten times as fast where PyYAML was built with its C library.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STORE_TABLES: dict[str, Table] = {
    "days": dict.fromkeys(("date", "source", "modified_at", "rows", "final_at")),
    "stretches": dict.fromkeys(("date", "first_date")),
    "loads": dict.fromkeys(
        (
            "id",
            "run",
            "table",
            "step",
            "from_date",
            "to_date",
            "reason",
            "rows",
            "bytes_billed",
            "usd",
            "seconds",
            "source_version",
            "code_version",
            "status",
            "error",
            "started_at",
            "finished_at",
        )
    ),
    "checks": dict.fromkeys(
        (
            "id",
            "run",
            "report",
            "check",
            "kind",
            "level",
            "from_date",
            "to_date",
            "status",
            "measured",
            "expected",
            "message",
            "at",
        )
    ),
    "store_ranks": dict.fromkeys(("date", "store", "country", "chart", "rank", "app_id", "name", "publisher")),
    "store_apps": dict.fromkeys(("store", "app_id", "role", "name")),
}


@dataclass(frozen=True)
class Declared:
    """What the report tables are: their columns, and of each column, by (table, column), its type and its meaning.

    Types are those of report.yaml. The store's own tables have columns alone.
    """

    tables: Mapping[str, Table]
    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_declared_tables(root: Path) -> Declared:
    """Everything that `loaders/reports/<name>/report.yaml` declares, and the store's own tables.

    A declaration that cannot be read is left out: the loaders report it better than the assets can.
    """
    tables = dict(_STORE_TABLES)
    types: dict[tuple[str, str], str] = {}
    texts: dict[tuple[str, str], str] = {}
    for table, columns in _declarations(root):
        try:
            tables[table] = {
                column["name"]: frozenset(column["additive_over"]) if "additive_over" in column else None
                for column in columns
                if not column.get("hidden")
            }
            types |= {(table, str(column["name"])): str(column["type"]) for column in columns}
            texts |= {(table, str(column["name"])): str(column["description"]) for column in columns}
        except (KeyError, TypeError, AttributeError):
            continue
    return Declared(tables, types, texts)


def _declarations(root: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path in sorted((root / "loaders" / "reports").glob("*/report.yaml")):
        try:
            yield path.parent.name, yaml.load(path.read_text(encoding="utf-8"), _Loader)["columns"]  # noqa: S506 - safe
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError):
            continue
