"""A DuckDB in memory, in which a suspect file may break what it likes: never the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import duckdb

Result = TypeVar("Result")

# What DuckDB raises for a file; of text that is no UTF-8, Python raises it.
REFUSALS = (duckdb.Error, UnicodeDecodeError)


class Trial:
    """One connection for all trials of a process: opening one takes longer than most of them."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None

    def run(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """What `work` gives. Raises what it raises, one of REFUSALS for a file that cannot be read.

        `work` must fetch all rows: with some left, DuckDB refuses the next query of the connection.
        """
        if self._connection is None:
            # In one thread, what fails first in the file fails first.
            self._connection = duckdb.connect(config={"threads": 1, "memory_limit": "1300MB"})
        try:
            return work(self._connection)
        except (duckdb.InternalException, duckdb.FatalException):
            # After an error of its own, DuckDB gives no answer any more.
            self._connection.close()
            self._connection = None
            raise


@cache
def trial() -> Trial:
    """The process's own."""
    return Trial()
