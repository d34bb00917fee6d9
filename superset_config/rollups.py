"""Which rollups may stand in for their reports, and the hook through which every statement to the report store goes.

The choice is made on the finished statement, not by a template in the dataset's SQL: a template does not see free-form
filters, sorting or series limits, cannot tell a sum from a mean, and would run on this server for whoever writes one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from superset_config.datasource import is_report_store
from superset_config.rollup_sql import Report, Rollup, choose
from superset_config.store import ask_store

_REPORTS = Path(__file__).resolve().parent.parent / "loaders" / "reports"
# For how long an answer of the store holds, in seconds.
_LIFETIME = 10.0
# A rollup stands in while it has every day that its report has: just declared, it is empty until the next load.
_HELD = "SELECT report, MIN(date), MAX(date), COUNT(DISTINCT date), SUM(`rows`) FROM slices GROUP BY report"


def read_rollups(folder: Path = _REPORTS) -> tuple[dict[str, Report], list[Rollup]]:
    """The reports that have rollups, and the rollups, by name."""
    declared = {
        path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*/report.yaml")
    }
    rollups = [
        Rollup(name, content["rollup_of"], frozenset(content["key"]), _figures(content))
        for name, content in declared.items()
        if content.get("rollup_of")
    ]
    reports = {
        rollup.of: Report(frozenset(declared[rollup.of]["key"]), _figures(declared[rollup.of])) for rollup in rollups
    }
    return reports, sorted(rollups, key=lambda rollup: rollup.name)


def _figures(content: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(column["name"] for column in content["columns"] if "additive_over" in column)


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
        self._clock = clock
        self._declared: tuple[dict[str, Report], list[Rollup]] | None = None
        self._current: list[Rollup] = []
        self._asked_at: float | None = None
        # Requests that come at once wait for the first one's answer.
        self._lock = threading.Lock()

    def rewrite(self, sql: str) -> str:
        """The statement, reading rollups where they give the same answer."""
        reports, rollups = self._declared = self._declared or read_rollups()
        with self._lock:
            now = self._clock()
            if self._asked_at is None or now - self._asked_at >= _LIFETIME:
                self._asked_at = now
                self._current = current(
                    rollups, {name: Held(tuple(days), int(rows)) for name, *days, rows in self._ask(_HELD)}
                )
            smallest_first = self._current
        return choose(sql, reports, smallest_first)


_choice = Choice()


def SQL_QUERY_MUTATOR(sql: str, database: Any = None, **_: Any) -> str:  # noqa: N802 - Superset's name for it
    """Superset calls it with every statement before it is sent, and shows what comes back as the chart's query."""
    return _choice.rewrite(sql) if database is not None and is_report_store(database.url_object) else sql
