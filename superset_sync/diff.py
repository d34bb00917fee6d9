"""What differs between two forms of an asset, by field."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from superset_sync.normalise import text

# By what the items of a list are told apart, where they have it.
_IDENTITIES = ("id", "name", "uuid", "label", "subject")


class _Missing:
    def __repr__(self) -> str:
        return "(nothing)"


MISSING: Any = _Missing()


@dataclass(frozen=True)
class FieldChange:
    """A field by its path, such as `params.row_limit`, with its value on either side; MISSING where there is none."""

    path: str
    before: Any
    after: Any


def field_changes(before: Any, after: Any, path: str = "") -> list[FieldChange]:
    """The smallest fields that differ, in the order of `after`."""
    return list(_changes(before, after, path))


def lines(change: FieldChange) -> Iterator[str]:
    """A change to read: a line, or of a text of several lines those that differ."""
    if isinstance(change.before, str) and isinstance(change.after, str) and "\n" in change.before + change.after:
        yield f"{change.path}:"
        for line in difflib.unified_diff(change.before.splitlines(), change.after.splitlines(), n=0, lineterm=""):
            if not line.startswith(("---", "+++", "@@")):
                yield f"  {line[0]} {line[1:]}"
    elif change.before is MISSING:
        yield f"{change.path}: + {_value(change.after)}"
    elif change.after is MISSING:
        yield f"{change.path}: - {_value(change.before)}"
    else:
        yield f"{change.path}: {_value(change.before)} → {_value(change.after)}"


def _changes(before: Any, after: Any, path: str) -> Iterator[FieldChange]:
    if text(before) == text(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _inner(before.get(key, MISSING), after.get(key, MISSING), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(before, after, path)
    else:
        yield FieldChange(path, before, after)


def _inner(before: Any, after: Any, path: str) -> Iterator[FieldChange]:
    if before is MISSING or after is MISSING:
        yield FieldChange(path, before, after)
    else:
        yield from _changes(before, after, path)


def _list_changes(before: list[Any], after: list[Any], path: str) -> Iterator[FieldChange]:
    for name in _IDENTITIES:
        sides = [[item.get(name) if isinstance(item, dict) else None for item in side] for side in (before, after)]
        if all(isinstance(key, str) for side in sides for key in side) and all(len(s) == len(set(s)) for s in sides):
            known = dict(zip(sides[0], before, strict=True)), dict(zip(sides[1], after, strict=True))
            if [key for key in sides[0] if key in known[1]] != [key for key in sides[1] if key in known[0]]:
                break
            for key in dict.fromkeys([*sides[1], *sides[0]]):
                yield from _inner(known[0].get(key, MISSING), known[1].get(key, MISSING), f"{path}[{key}]")
            return
    yield FieldChange(path, before, after)


def _value(value: Any) -> str:
    shown = text(value)
    return shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 1]}…"


_WIDTH = 100
