"""Filters: they find the text that was chosen, and let the page come where there is nothing to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from superset_config.wrapping import wrap

# What a filter that must have a value offers where there is none.
NOTHING_YET = "nothing yet"


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


def must_have_a_value(form: Mapping[str, Any]) -> bool:
    """Whether a request for the choices of a filter is of one that begins with its first choice and cannot be empty."""
    return bool(form.get("native_filter_id") and form.get("enableEmptyFilter") and form.get("defaultToFirstItem"))


def with_something_to_choose(form: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of a filter, at least one where it must have a value."""
    if rows or not must_have_a_value(form):
        return rows
    return [{str(column): NOTHING_YET for column in form.get("groupby", ())}]


def offer_something() -> None:
    """Lets a page come that has nothing to choose from yet: Superset's waits for the first choice, for ever.

    For when Superset's models can be imported.
    """
    from superset.commands.chart.data.get_data_command import ChartDataCommand  # noqa: PLC0415

    def run(original: Callable[..., Any], command: Any, **asked: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(command, **asked)
        form = command._query_context.form_data or {}
        for query in answer["queries"]:
            if isinstance(query.get("data"), list):
                query["data"] = with_something_to_choose(form, query["data"])
        return answer

    wrap(ChartDataCommand, "run", run)


def keep_values() -> None:
    """Lets every dataset's filters keep their texts, of which Superset strips tabs and line breaks, and finds another.

    For when Superset's models can be imported.
    """
    from superset.models.helpers import ExploreMixin  # noqa: PLC0415 - not before the application is there

    def handler(original: Callable[..., Any], values: Any, *arguments: Any, **named: Any) -> Any:
        # SQLAlchemy wants plain texts again.
        return _texts_as(str, original(_texts_as(Verbatim, values), *arguments, **named))

    wrap(ExploreMixin, "filter_values_handler", handler)
