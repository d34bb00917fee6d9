"""The shape of asset files: no key that the import refuses, none missing, each of its type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from superset_sync.assets import Asset
from superset_sync.rules import Finding, Rule
from superset_sync.shapes import SHAPES

_UNKNOWN = "extra_forbidden"
_MISSING = "missing"


def check_shape(kind: str, asset: Asset) -> tuple[list[Finding], bool]:
    """The faults of a file's shape, and whether the other checks can read it: an unknown key does not disturb them."""
    model = SHAPES[kind]
    try:
        model.model_validate(asset.content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        readable = all(fault["type"] == _UNKNOWN for fault in faults)
        return list(_findings(asset, model, faults)), readable
    return [], True


def _findings(asset: Asset, model: type[BaseModel], faults: Sequence[Any]) -> Iterator[Finding]:
    for fault in faults:
        key = where(asset.content, fault["loc"])
        if fault["type"] == _UNKNOWN:
            known = model.model_fields if len(fault["loc"]) == 1 else {}
            yield Finding(
                asset.file, f"{key} is no key that Superset knows", _meant(str(fault["loc"][-1]), known), Rule.SHAPE
            )
        elif fault["type"] == _MISSING:
            yield Finding(asset.file, f"{key} is missing", "write it as Superset exports it", Rule.SHAPE)
        else:
            yield Finding(asset.file, f"{key} is of the wrong type", f"it {_should(fault['msg'])}", Rule.SHAPE)


def where(content: Any, path: Sequence[str | int]) -> str:
    """The way to a fault as people write it, such as `columns[date].type`; list entries go by their name."""
    text = ""
    for step in path:
        if isinstance(step, int):
            content = content[step] if isinstance(content, list) and step < len(content) else None
            text += f"[{_name(content) or step}]"
        else:
            content = content.get(step) if isinstance(content, dict) else None
            text += f".{step}" if text else step
    return text


def _name(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    keys = ("column_name", "metric_name", "name", "id", "subject")
    return next((str(entry[key]) for key in keys if isinstance(entry.get(key), str)), None)


def _should(message: str) -> str:
    return message.removeprefix("Input ").removeprefix("Value error, ")


def _meant(key: str, known: Any) -> str:
    close = get_close_matches(key, list(known), n=1)
    return f"write {close[0]}" if close else "take it out"
