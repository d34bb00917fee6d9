"""What "the last quarter" ends with: the newest day that the reports hold, not the clock's today.

The newest export is some hours to some days old, and a property's day does not begin at midnight UTC. Counted from the
clock, the last seven days would lack their last one, and reports that nobody loads any more would be empty.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from superset_config.store import ask_store

# For how long an answer holds, in seconds: as long as a chart may come out of the cache.
_LIFETIME = 60.0
_QUERY = "SELECT MAX(date) FROM days WHERE modified_at IS NOT NULL"
_TODAY = "today"


class NewestDay:
    """The newest loaded day, asked again after a while."""

    def __init__(
        self, ask: Callable[[str], Sequence[tuple[Any, ...]]] = ask_store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._asked_at: float | None = None
        # Requests that come at once wait for the first one's answer.
        self._lock = threading.Lock()
        self._end = _TODAY

    def end(self) -> str:
        """The first moment after the newest day, as Superset reads it; `today` as long as there is none."""
        with self._lock:
            now = self._clock()
            if self._asked_at is None or now - self._asked_at >= _LIFETIME:
                self._asked_at = now
                rows = self._ask(_QUERY)
                newest = rows[0][0] if rows else None
                self._end = str(newest + dt.timedelta(days=1)) if newest else _TODAY
            return self._end


def count_from_newest_day(app: Any, newest: NewestDay) -> None:
    """Let every request's relative ranges ("Last quarter") end with the newest day."""

    def refresh() -> None:
        app.config["DEFAULT_RELATIVE_START_TIME"] = app.config["DEFAULT_RELATIVE_END_TIME"] = newest.end()

    app.before_request(refresh)
