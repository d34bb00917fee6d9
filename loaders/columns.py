"""Columns as table.yaml and report.yaml declare them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loaders.declarations import Declaration

# The last one is for staging tables alone: MySQL has no lists.
ColumnType = Literal[
    "DATE", "STRING", "INT64", "FLOAT64", "BOOL", "TIMESTAMP", "ARRAY<STRUCT<key STRING, value STRING>>"
]


class Column(Declaration):
    """A column as table.yaml or report.yaml declares it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: ColumnType
    description: str
    nullable: bool = False
    # The keys over which the figure may be summed; None for a column that is no figure.
    additive_over: tuple[str, ...] | None = None
    # Of use to the loader alone: MySQL leaves it out of SELECT *.
    hidden: bool = False
    # The longest text in characters that MySQL keeps; a longer one is refused, not cut.
    length: int = Field(255, ge=1, le=16383)
