"""The first dataset of a report, written from its declaration."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import yaml

from superset_sync.errors import SyncError
from superset_sync.written import write

_MYSQL_TYPES = {"DATE": "DATE", "STRING": "VARCHAR", "INT64": "BIGINT", "FLOAT64": "DOUBLE", "BOOL": "BOOLEAN"}
_OTHER_TYPE = "DATETIME"
_DATABASE = "Reports"


def write_dataset(root: Path, report: str) -> Path:
    """Writes `datasets/Reports/<report>.yaml`: every column with its description, a sum for every figure.

    Its uuid follows from the name, so that everybody who does the same gets the same. Raises SyncError when there is
    no such report, or when the dataset is there already.
    """
    declaration = root / "loaders" / "reports" / report / "report.yaml"
    path = root / "datasets" / _DATABASE / f"{report}.yaml"
    if not declaration.is_file():
        raise SyncError(f"There is no report {report!r}: {declaration} is missing; make its folder first.")
    if path.exists():
        raise SyncError(f"{path} is there already; change it by hand.")
    declared = yaml.safe_load(declaration.read_text(encoding="utf-8"))
    database = yaml.safe_load((root / "databases" / f"{_DATABASE}.yaml").read_text(encoding="utf-8"))
    dataset = dataset_of(report, declared, str(database["uuid"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write(dataset), encoding="utf-8")
    return path


def dataset_of(report: str, declared: dict[str, Any], database: str) -> dict[str, Any]:
    """The dataset of a report's declaration, as Superset exports one."""
    shown = [column for column in declared["columns"] if not column.get("hidden")]
    return {
        "table_name": report,
        "main_dttm_col": next((column["name"] for column in shown if column["type"] == "DATE"), None),
        "description": declared["description"],
        "schema": "reports",
        "sql": None,
        "filter_select_enabled": True,
        "uuid": str(uuid.uuid5(uuid.UUID(database), report)),
        "metrics": [_sum(column) for column in shown if "additive_over" in column],
        "columns": [_column(column) for column in shown],
        "version": "1.0.0",
        "database_uuid": database,
    }


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _sum(column: dict[str, Any]) -> dict[str, Any]:
    # A metric that is called like its column would hide it in Explore.
    return {
        "metric_name": f"total_{column['name']}",
        "verbose_name": _title(column["name"]),
        "expression": f"SUM({column['name']})",
        "description": column["description"],
        "d3format": ",d",
    }


def _column(column: dict[str, Any]) -> dict[str, Any]:
    is_figure = "additive_over" in column
    return {
        "column_name": column["name"],
        "verbose_name": _title(column["name"]),
        "is_dttm": column["type"] == "DATE",
        "is_active": True,
        "type": _MYSQL_TYPES.get(column["type"], _OTHER_TYPE),
        "groupby": not is_figure,
        "filterable": not is_figure,
        "description": column["description"],
    }
