"""MySQL's values as the command line writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

_JOINER = "\u200d"


def plain(value: object) -> object:
    """The value as JSON can hold it: days and times in ISO form, whole decimals as integers."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def visible(text: str) -> str:
    """The text with escapes for what a terminal would obey or not show: control characters, marks of direction.

    The joiner stays that makes one picture of several emoji.
    """
    return "".join(c if c.isprintable() or c == _JOINER else repr(c)[1:-1] for c in text)
