"""Which rollups the report folders declare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from superset_config.rollup_sql import Report, Rollup

_REPORTS = Path(__file__).resolve().parent.parent / "loaders" / "reports"


def read_rollups(folder: Path = _REPORTS) -> tuple[dict[str, Report], list[Rollup]]:
    """The reports that have rollups, and the rollups, by name."""
    declared = {
        path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*/report.yaml")
    }
    rollups = [
        Rollup(name, content["rollup_of"], frozenset(content["key"]), _figures(content))
        for name, content in declared.items()
        if content.get("rollup_of")
    ]
    reports = {
        rollup.of: Report(frozenset(declared[rollup.of]["key"]), _figures(declared[rollup.of])) for rollup in rollups
    }
    return reports, sorted(rollups, key=lambda rollup: rollup.name)


def _figures(content: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(column["name"] for column in content["columns"] if "additive_over" in column)
