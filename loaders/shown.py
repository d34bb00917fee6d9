"""Values as messages show them."""

from __future__ import annotations

import reprlib

_LONGEST = 60
# Of a value of any size and depth, no more is spelled out than is shown.
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxlong = _REPR.maxother = 4 * _LONGEST


def shown(value: object) -> str:
    """The value as Python writes it, so that what cannot be seen is escaped, cut to 60 characters."""
    text = _REPR.repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
