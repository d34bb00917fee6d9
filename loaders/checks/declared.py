"""The kinds of checks that report.yaml may declare."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from loaders.declarations import Declaration
from loaders.reads import Reads

# `fail` keeps the old rows of every report and ends the load with 1; `warn` is recorded.
Level = Literal["fail", "warn"]


class _Declared(Declaration):
    # What people read on the dashboard; the kind where nothing is said.
    name: str = Field("", max_length=100)


class UniqueKey(_Declared):
    """No two rows of a day are alike in these columns, the report's key where none are named."""

    kind: Literal["unique_key"]
    level: Level = "fail"
    columns: tuple[str, ...] = ()


class NotNull(_Declared):
    """None of these columns, the report's key where none are named, is NULL or an empty text."""

    kind: Literal["not_null"]
    level: Level = "fail"
    columns: tuple[str, ...] = ()


class RowCount(_Declared):
    """A day has about as many rows as usual; `at_least` and `at_most` are multiples of the usual."""

    kind: Literal["row_count"]
    level: Level = "warn"
    # The median of the same weekday in the 4 weeks before, or of the 28 days before.
    usual: Literal["same_weekday", "last_28_days"] = "same_weekday"
    at_least: Annotated[float, Field(ge=0, le=1)] = 0.5
    at_most: Annotated[float, Field(ge=1)] | None = 2.0
    # Fewer rows than this are nobody's habit yet.
    smallest: Annotated[int, Field(ge=1)] = 20


class Identity(_Declared):
    """A query in MySQL's SQL that gives a row for everything that contradicts the definitions."""

    kind: Literal["identity"]
    name: str = Field(min_length=1, max_length=100)
    level: Level = "fail"
    # The other tables of the query, and which of their days a day of this report is compared with.
    reads: dict[str, Reads] = Field(default_factory=dict)
    violations: str


class Freshness(_Declared):
    """The newest day of the report is at most so many days behind the one that should be there."""

    kind: Literal["freshness"]
    level: Level = "warn"
    days: Annotated[int, Field(ge=0)] = 1


Declared = Annotated[UniqueKey | NotNull | RowCount | Identity | Freshness, Field(discriminator="kind")]
