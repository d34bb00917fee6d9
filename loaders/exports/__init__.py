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

# A row without these is no event of the schema, whatever else it has.
REQUIRED = {"ga4": ("event_date", "event_name", "event_timestamp")}
# Fields that only the other schemas have at their top level: what a file probably is instead.
TELL_TALES = {"user_dim": "the Firebase export of 2017", "event_dim": "the Firebase export of 2017"}


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
