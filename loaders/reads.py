"""Which days of an input a day of a table, or of a check, looks at."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from loaders.declarations import Declaration, misdeclared
from loaders.errors import DeclarationError
from loaders.metrics import Metrics


class Reads(Declaration):
    """Which days of an input a day is computed from."""

    # This many days ending with the day: a number or the name of a setting.
    window: int | str | None = None
    # Or these days, counted backwards from the day: numbers or the name of a setting.
    days_ago: tuple[int, ...] | str | None = None

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if [self.window, self.days_ago].count(None) != 1:
            raise misdeclared("declare either window or days_ago")
        return self

    def offsets(self, metrics: Metrics) -> tuple[int, ...]:
        """The days, counted backwards. Raises DeclarationError for a setting that says no days."""
        if isinstance(self.days_ago, str):
            days = metrics.setting(self.days_ago)
            if days.type != "ARRAY<INT64>" or not isinstance(days.value, tuple):
                raise DeclarationError(f"metrics.yaml: {self.days_ago} is no list of days.")
            return tuple(day for day in days.value if isinstance(day, int))
        if self.days_ago is not None:
            return tuple(sorted(self.days_ago))
        window = metrics.setting(self.window).value if isinstance(self.window, str) else self.window
        if not isinstance(window, int):
            raise DeclarationError(f"metrics.yaml: {self.window} is no number of days.")
        return tuple(range(window))
