"""The exports' schemas, one JSON file each in the form that `bq show --schema` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_DUCKDB_TYPES = {"STRING": "VARCHAR", "INTEGER": "BIGINT", "FLOAT": "DOUBLE", "BOOLEAN": "BOOLEAN"}

# A row that has none of these is no row of the schema, whatever else it has.
REQUIRED = {"ga4": ("event_date", "event_name", "event_timestamp"), "firebase": ("user_dim", "event_dim")}
# Where a row names its user.
USER_KEY = {"ga4": "user_pseudo_id", "firebase": "user_dim.app_info.app_instance_id"}
# Fields that only one schema has at its top level: what a file of another schema probably is.
TELL_TALES = {"user_dim": "firebase", "event_dim": "firebase", "event_date": "ga4", "event_params": "ga4"}


@dataclass(frozen=True)
class Field:
    """A field as BigQuery declares it."""

    name: str
    type: str
    mode: str
    fields: tuple[Field, ...] = ()

    @property
    def duckdb_type(self) -> str:
        """The type that holds the same values in DuckDB."""
        scalar = struct_type(self.fields) if self.type == "RECORD" else _DUCKDB_TYPES[self.type]
        return f"{scalar}[]" if self.mode == "REPEATED" else scalar


def struct_type(fields: Sequence[Field]) -> str:
    """DuckDB's STRUCT of the fields."""
    return "STRUCT(" + ", ".join(f'"{field.name}" {field.duckdb_type}' for field in fields) + ")"


@cache
def export_schema(name: str) -> tuple[Field, ...]:
    """The fields of an export, outermost first."""
    return tuple(_field(declared) for declared in json.loads((_FOLDER / f"{name}.json").read_text()))


def _field(declared: dict[str, Any]) -> Field:
    inner = tuple(_field(field) for field in declared.get("fields", ()))
    return Field(declared["name"], declared["type"], declared["mode"], inner)
