"""Filters that find the text that was chosen: Superset strips tabs and line breaks from it and finds another."""

from __future__ import annotations

from functools import wraps
from typing import Any


class Verbatim(str):
    """A text from which nothing is stripped."""

    __slots__ = ()

    def strip(self, _: str | None = None, /) -> Verbatim:
        """The text itself."""
        return self


def _texts_as(kind: type[str], value: Any) -> Any:
    if isinstance(value, str):
        return kind(value)
    return [_texts_as(kind, item) for item in value] if isinstance(value, list | tuple) else value


def keep_values() -> None:
    """Lets every dataset's filters keep their texts; for when Superset's models can be imported."""
    from superset.models.helpers import ExploreMixin  # noqa: PLC0415 - not before the application is there

    original = ExploreMixin.filter_values_handler
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def handler(values: Any, *arguments: Any, **named: Any) -> Any:
        # SQLAlchemy wants plain texts again.
        return _texts_as(str, original(_texts_as(Verbatim, values), *arguments, **named))

    ExploreMixin.filter_values_handler = staticmethod(handler)
