"""Which rollups may stand in for their reports, and the hook through which every statement to the report store goes.

The choice is made on the finished statement, not by a template in the dataset's SQL: a template does not see free-form
filters, sorting or series limits, cannot tell a sum from a mean, and would run on this server for whoever writes one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superset_config.datasource import is_report_store
from superset_config.declared_rollups import read_rollups
from superset_config.lately import Lately
from superset_config.rollup_sql import Report, Rollup, choose
from superset_config.store import ask_store
from superset_config.store_state import state_in_force

# For how long an answer of the store holds, in seconds.
_LIFETIME = 10.0
# A rollup stands in while it has every day that its report has: just declared, it is empty until the next load.
_HELD = "SELECT report, MIN(date), MAX(date), COUNT(DISTINCT date), SUM(`rows`) FROM slices GROUP BY report"


@dataclass(frozen=True)
class Held:
    """What the store holds of a table: which days, and how many rows."""

    days: tuple[Any, ...]
    rows: int


def current(rollups: Sequence[Rollup], held: Mapping[str, Held]) -> list[Rollup]:
    """The rollups that hold the days that their report holds, the smallest first."""
    found = [rollup for rollup in rollups if rollup.name in held and rollup.of in held]
    found = [rollup for rollup in found if held[rollup.name].days == held[rollup.of].days]
    return sorted(found, key=lambda rollup: (held[rollup.name].rows, rollup.name))


class Choice:
    """The rollups that are current, found out again after a while."""

    def __init__(
        self,
        ask: Callable[[str], Iterable[tuple[Any, ...]]] = ask_store,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._declared: tuple[dict[str, Report], list[Rollup]] | None = None
        self._current = Lately(self._find, _LIFETIME, clock)

    def rewrite(self, sql: str, state: Any = None) -> str:
        """The statement, reading rollups where they give the same answer.

        What is known is of no use in another state of the store: the answer would be kept as one of that state.
        """
        reports, _ = self._read_declared()
        return choose(sql, reports, self._current.get(state))

    def _find(self) -> list[Rollup]:
        _, rollups = self._read_declared()
        return current(rollups, {name: Held(tuple(days), int(rows)) for name, *days, rows in self._ask(_HELD)})

    def _read_declared(self) -> tuple[dict[str, Report], list[Rollup]]:
        self._declared = self._declared or read_rollups()
        return self._declared


_choice = Choice()


def SQL_QUERY_MUTATOR(sql: str, database: Any = None, **_: Any) -> str:  # noqa: N802 - Superset's name for it
    """Superset calls it with every statement before it is sent, and shows what comes back as the chart's query."""
    if database is None or not is_report_store(database.url_object):
        return sql
    return _choice.rewrite(sql, state_in_force())
