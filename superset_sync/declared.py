"""The tables that datasets may read: the reports' declarations, and the store's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

# Column → the keys over which it may be summed; None where summing it was never declared, as for a key itself.
Table = Mapping[str, frozenset[str] | None]

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


def read_declared_tables(root: Path) -> dict[str, Table]:
    """Table name → its columns, from `loaders/reports/<name>/report.yaml` and the store's own tables.

    A declaration that cannot be read is left out: the loaders report it better than the assets can.
    """
    tables = dict(_STORE_TABLES)
    for path in sorted((root / "loaders" / "reports").glob("*/report.yaml")):
        try:
            declared = yaml.safe_load(path.read_text(encoding="utf-8"))
            tables[path.parent.name] = {
                column["name"]: frozenset(column["additive_over"]) if "additive_over" in column else None
                for column in declared["columns"]
                if not column.get("hidden")
            }
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError):
            continue
    return tables


def read_descriptions(root: Path) -> dict[tuple[str, str], str]:
    """(Table, column) → what the report's declaration says about it; unreadable declarations are left out."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted((root / "loaders" / "reports").glob("*/report.yaml")):
        try:
            declared = yaml.safe_load(path.read_text(encoding="utf-8"))
            found |= {
                (path.parent.name, str(column["name"])): str(column["description"]) for column in declared["columns"]
            }
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError):
            continue
    return found
