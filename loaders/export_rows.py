"""A line of NDJSON as the row that it stands for."""

from __future__ import annotations

import json
from typing import Any


class Row(dict[str, Any]):
    """A JSON object; `twice` is the first key that it, or an object in it, has twice."""

    twice: str | None = None


def parse_row(text: bytes) -> Row | None:
    """The row, None when the line is not one JSON object."""
    try:
        row = json.loads(text.strip(), object_pairs_hook=_object, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, Row) else None


def has_half_character(text: bytes) -> bool:
    r"""Whether the line escapes half of a character, such as \ud83d without its other half."""
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _object(pairs: list[tuple[str, Any]]) -> Row:
    row = Row(pairs)
    if len(row) < len(pairs):
        seen: set[str] = set()
        row.twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    else:
        row.twice = next((value.twice for value in row.values() if isinstance(value, Row) and value.twice), None)
    return row


def _integer(digits: str) -> int | float:
    # Python refuses to read very long numbers as integers; no field holds one anyway.
    return int(digits) if len(digits) < 100 else float(digits)  # noqa: PLR2004
