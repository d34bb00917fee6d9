"""Which tasks the daily DAG has, from the tables' folders. Reads their YAML and nothing else, so that it is quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# A pool of Airflow's, with one place: the embedded warehouse has one writer at a time.
WAREHOUSE_POOL = "warehouse"

_LOADERS = Path(__file__).resolve().parent.parent / "loaders"
_DECLARATIONS = {"staging": "table.yaml", "reports": "report.yaml"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class TableTask:
    """A table that one task computes, together with the rollups that must agree with it."""

    table: str
    description: str
    owner: str
    is_report: bool
    # The tasks whose tables it reads.
    after: tuple[str, ...]
    rollups: tuple[str, ...]

    @property
    def reports(self) -> tuple[str, ...]:
        """The MySQL tables that come of it."""
        return (self.table, *self.rollups) if self.is_report else ()


def read_tasks(loaders: Path = _LOADERS) -> list[TableTask]:
    """A task for each folder of staging/ and reports/ that is no rollup, by name.

    What the folders may declare is checked by every groundup command; here it is believed. Raises yaml.YAMLError.
    """
    declared: dict[str, Mapping[str, Any]] = {}
    reports: set[str] = set()
    for kind, name in _DECLARATIONS.items():
        for path in sorted((loaders / kind).glob(f"*/{name}")):
            declared[path.parent.name] = read_yaml(path)
            if kind == "reports":
                reports.add(path.parent.name)
    rollups = {name: content["rollup_of"] for name, content in declared.items() if content.get("rollup_of")}
    return [
        TableTask(
            table=name,
            description=content["description"],
            owner=content["owner"],
            is_report=name in reports,
            after=_after(name, content["reads"], rollups, declared),
            rollups=tuple(rollup for rollup, report in rollups.items() if report == name),
        )
        for name, content in sorted(declared.items())
        if name not in rollups
    ]


def _after(
    name: str, reads: Mapping[str, object], rollups: Mapping[str, str], declared: Mapping[str, object]
) -> tuple[str, ...]:
    # A rollup is computed by its report's task; what no folder makes, such as the export, has none.
    tasks = {rollups.get(table, table) for table in reads if table in declared}
    return tuple(sorted(tasks - {name}))


def last_tasks(tasks: Sequence[TableTask]) -> list[TableTask]:
    """Those that no other one waits for."""
    awaited = {name for task in tasks for name in task.after}
    return [task for task in tasks if task.table not in awaited]


def read_yaml(path: Path) -> Mapping[str, Any]:
    """A YAML file's mapping; an empty file is an empty one. Raises yaml.YAMLError and OSError."""
    content: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader) or {}  # noqa: S506 - a safe one
    return content


def read_charts(metrics_file: Path) -> list[tuple[str, str]]:
    """The countries and charts of the app store that are fetched every day. Raises yaml.YAMLError and OSError."""
    charts = (read_yaml(metrics_file).get("store_ranks") or {}).get("charts") or {}
    return [(str(country), str(chart)) for country, of_country in charts.items() for chart in of_country]
