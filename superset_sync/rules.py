"""The rules that the asset folders are checked by; docs/asset-checks.md says of each what it wants and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """A rule by the name under which findings and the page speak of it."""

    YAML = "yaml"
    PLACE = "place"
    SHAPE = "shape"
    CONTROLS = "controls"
    INSTANCE = "instance"
    SECRETS = "secrets"
    UUIDS = "uuids"
    REFERENCES = "references"
    TABLES = "tables"
    TYPES = "types"
    DESCRIPTIONS = "descriptions"
    NAMES = "names"
    DATASET_SQL = "dataset-sql"
    EXPRESSIONS = "expressions"
    CHARTS = "charts"
    CHART_SQL = "chart-sql"
    SUMS = "sums"
    MARKUP = "markup"
    MARKS = "marks"
    LAYOUT = "layout"
    FILTERS = "filters"
    ROLES = "roles"
    ROW_FILTERS = "row-filters"
    ALERTS = "alerts"
    SCHEDULES = "schedules"
    RECIPIENTS = "recipients"
    LIVE = "live"


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one file."""

    file: str
    what: str
    remedy: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.file}: {self.what}: {self.remedy}"
