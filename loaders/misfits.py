"""Where a JSON row does not fit an export's schema."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.exports import Field
from loaders.shown import shown

_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Misfit:
    """A value that its field cannot hold: the field's place, such as `items[0].price`, the value, the field's type."""

    place: str
    value: Any
    type: str

    @property
    def shown(self) -> str:
        """The value, shortened for a message."""
        return shown(self.value)


def find_misfit(row: Mapping[str, Any], fields: Sequence[Field], place: str = "") -> Misfit | None:
    """The row's first misfit, if there is one. NULL fits everywhere, and so does text that spells the value."""
    for field in fields:
        value = row.get(field.name)
        if value is None:
            continue
        found = _misfit(field, value, f"{place}{field.name}")
        if found:
            return found
    return None


def _misfit(field: Field, value: Any, place: str) -> Misfit | None:
    if field.mode != "REPEATED":
        return _single(field, value, place)
    if not isinstance(value, list):
        return Misfit(place, value, "list")
    for number, element in enumerate(value):
        found = None if element is None else _single(field, element, f"{place}[{number}]")
        if found:
            return found
    return None


def _single(field: Field, value: Any, place: str) -> Misfit | None:
    if field.type == "RECORD":
        if not isinstance(value, dict):
            return Misfit(place, value, "RECORD")
        return find_misfit(value, field.fields, f"{place}.")
    return None if _FITS[field.type](value) else Misfit(place, value, field.type)


def _is_integer(value: Any) -> bool:
    number = _number(value)
    return number is not None and math.isfinite(number) and number == number // 1 and int(number) in _INT64


def _is_float(value: Any) -> bool:
    return _number(value) is not None


def _number(value: Any) -> float | int | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, int | float) else None


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and value.lower() in {"true", "false", "1", "0"})


_FITS = {"STRING": lambda _: True, "INTEGER": _is_integer, "FLOAT": _is_float, "BOOLEAN": _is_boolean}
