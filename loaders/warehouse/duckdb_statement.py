"""A statement as DuckDB takes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Translation:
    """A statement in DuckDB's dialect and the named parameters that it takes."""

    sql: str
    parameters: frozenset[str]
