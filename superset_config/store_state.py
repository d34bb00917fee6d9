"""What the report store holds at this moment: a version of every table, and the newest day.

Both come from the store itself, so they follow whoever loads, however a load ends, and however many Supersets ask.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superset_config.declared_rollups import read_rollups
from superset_config.store import ask_store

# For how long an answer holds, in seconds: so much later than a load's COMMIT do charts show it.
LIFETIME = 1.0
# Every load writes into the ledger; what changes without a word there is found after this many seconds.
WHOLE_LIFETIME = 10.0
# While the store does not answer, what it said last holds for so long, and it is asked again after so long.
_HOLDS = 60.0
_RETRY = 5.0

_LEDGER = "SELECT (SELECT MAX(id) FROM loads), (SELECT MAX(id) FROM checks)"


def _version(*columns: str) -> str:
    # Not a CRC32, nor an exclusive or: where all rows change alike, their changes would cancel out.
    digest = f"MD5(CONCAT_WS('|', {', '.join(columns)}))"
    return f"CONCAT(COUNT(*), '.', COALESCE(SUM(CONV(LEFT({digest}, 12), 16, 10)), 0))"


_SLICES = ("report", "declaration", "`date`", "version", "run")
# A row a version: its kind, of which table, of which declaration, the version. For a report, the versions of its days
# are enough: a day is replaced whole, under the version of the warehouse's partition.
_VERSIONS = f"""
SELECT 'table', table_name, SUBSTRING_INDEX(table_comment, ' · declaration ', -1), ''
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_comment LIKE '% · declaration %'
UNION ALL SELECT 'slices', report, declaration, {_version(*_SLICES)} FROM slices GROUP BY report, declaration
UNION ALL SELECT 'own', 'slices', '', {_version(*_SLICES)} FROM slices
UNION ALL SELECT 'own', 'days', '', {_version("`date`", "source", "COALESCE(modified_at, '')", "`rows`", "final_at")}
FROM days
UNION ALL SELECT 'own', 'stretches', '', {_version("`date`", "first_date")} FROM stretches
UNION ALL SELECT 'own', 'store_apps', '', {_version("store", "app_id", "role", "name")} FROM store_apps
UNION ALL SELECT 'own', 'store_ranks', '', CONCAT(COALESCE(MAX(id), 0), '.', (SELECT COUNT(*) FROM store_ranks))
FROM loads WHERE `table` = 'store_ranks'
UNION ALL SELECT 'own', 'loads', '', CAST(COALESCE(MAX(id), 0) AS CHAR) FROM loads
UNION ALL SELECT 'own', 'checks', '', CAST(COALESCE(MAX(id), 0) AS CHAR) FROM checks
UNION ALL SELECT 'newest', '', '', CAST(MAX(`date`) AS CHAR) FROM days WHERE modified_at IS NOT NULL
"""

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class State:
    """The versions by table, and the newest loaded day. A table that nobody tells about is not there."""

    versions: Mapping[str, str]
    newest: dt.date | None = None

    @property
    def end(self) -> str:
        """The first moment after the newest day, as Superset reads it; `today` as long as there is none.

        What "the last quarter" ends with: the newest export is some hours to some days old, and a property's day does
        not begin at midnight UTC. Counted from the clock, the last seven days would lack their last one.
        """
        return str(self.newest + dt.timedelta(days=1)) if self.newest else "today"


NOTHING = State({})


def state_of(rows: Rows, rollup_of: Mapping[str, str]) -> State:
    """The state that the answer to the question means. A report and its rollups have one version together.

    A statement that asks for the report may be answered by a rollup, and the other way round it comes to the same.
    """
    live = {table: declaration for kind, table, declaration, _ in rows if kind == "table"}
    held = {(table, declaration): version for kind, table, declaration, version in rows if kind == "slices"}
    # Filled beside it, a new table is nobody's yet; when it is swapped in, the declaration changes.
    single = {
        table: f"{declaration}.{held.get((table, declaration), '0')}" for table, declaration in sorted(live.items())
    }
    families: dict[str, list[str]] = {}
    for table, version in single.items():
        families.setdefault(rollup_of.get(table, table), []).append(f"{table} {version}")
    versions = {table: ", ".join(families[rollup_of.get(table, table)]) for table in single}
    versions |= {table: str(version) for kind, table, _, version in rows if kind == "own"}
    newest = next((version for kind, _, _, version in rows if kind == "newest"), None)
    return State(versions, dt.date.fromisoformat(newest) if newest else None)


class StoreState:
    """The state, asked again after a second."""

    def __init__(self, ask: Callable[[str], Rows] = ask_store, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        # Requests that come at once wait for the first one's answer.
        self._lock = threading.Lock()
        self._state = NOTHING
        self._ledger: tuple[Any, ...] | None = None
        self._rollup_of: dict[str, str] | None = None
        self._ask_at = self._whole_at = self._holds_until = clock()

    def current(self) -> State:
        """What the store held within the last second; NOTHING while it has not answered for a minute."""
        with self._lock:
            return self._current()

    def count_from_newest_day(self, settings: dict[str, Any]) -> State:
        """The same, and sets Superset's end of relative ranges ("Last quarter") to it, both at one moment."""
        with self._lock:
            state = self._current()
            settings["DEFAULT_RELATIVE_START_TIME"] = settings["DEFAULT_RELATIVE_END_TIME"] = state.end
            return state

    def _current(self) -> State:
        now = self._clock()
        if now < self._ask_at:
            return self._state
        self._ask_at = now + LIFETIME
        ledger = next(iter(self._ask(_LEDGER)), None)
        if ledger is not None and (ledger != self._ledger or now >= self._whole_at):
            rows = self._ask(_VERSIONS)
            if self._rollup_of is None:
                self._rollup_of = {rollup.name: rollup.of for rollup in read_rollups()[1]}
            self._state = state_of(rows, self._rollup_of) if rows else self._state
            ledger = ledger if rows else None
            self._whole_at = now + WHOLE_LIFETIME
        if ledger is not None:
            self._ledger, self._holds_until = ledger, now + _HOLDS
        else:
            self._ledger, self._ask_at = None, now + _RETRY
            self._state = self._state if now < self._holds_until else NOTHING
        return self._state


STORE_STATE = StoreState()


def follow(app: Any) -> None:
    """Let every request know the state that it answers from: `state_in_force`."""

    def note() -> None:
        begin(app)

    app.before_request(note)


def begin(app: Any) -> None:
    """Let what follows in this request answer from the state of now."""
    from flask import g  # noqa: PLC0415 - absent where only the pure parts are tested

    g.groundup_store_state = STORE_STATE.count_from_newest_day(app.config)


def state_in_force() -> State | None:
    """The state at the beginning of this request; None outside of one."""
    from flask import g, has_app_context  # noqa: PLC0415

    return g.get("groundup_store_state") if has_app_context() else None
