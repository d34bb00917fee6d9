"""Figures in Redis, each with what it was made from: it holds as long as that does, and not a moment longer.

Nobody has to tell Superset of a load. A figure's tables are read from its statement when it is kept; when it is asked
for, their versions are compared with what the report store holds (`superset_config.store_state`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import g, has_app_context
from flask_caching.backends.rediscache import RedisCache

from superset_config.kept import UNTOLD_LIFETIME, Kept, keep
from superset_config.statement_tables import tables_of
from superset_config.store_state import State, state_in_force


class FollowingDataCache(RedisCache):  # type: ignore[misc] # Flask-Caching has no types
    """Superset's data cache. Its lifetimes are the longest; a minute for what is not known to follow the store."""

    def get(self, key: str) -> Any:
        """The value, where it still holds. Outside of a request nobody knows what the store holds: there is none."""
        kept, state = super().get(key), state_in_force()
        if state is None or not isinstance(kept, Kept) or not kept.holds(state, _today()):
            return None
        _touched().update(kept.versions)
        return kept.value

    def set(self, key: str, value: Any, timeout: int | None = None) -> Any:
        """Keep the value under the versions that the store had before it was asked, so that none is too new."""
        state = state_in_force()
        if state is None:
            return False
        read = _tables_behind(value, state)
        kept, is_told = keep(value, read, state, _today())
        _touched().update(read)
        longest = self._normalize_timeout(timeout)
        return super().set(key, kept, timeout=longest if is_told else min(longest, UNTOLD_LIFETIME) or UNTOLD_LIFETIME)


def _tables_behind(value: Any, state: State) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset()
    tables = tables_of(value.get("query") or "")
    if value.get("annotation_data"):
        # Read by statements of their own, which the value does not show: they came just before, in this request.
        tables |= _touched() or state.versions.keys()
    return frozenset(tables)


def _touched() -> set[str]:
    if not has_app_context():
        return set()
    if "groundup_touched" not in g:
        g.groundup_touched = set()
    touched: set[str] = g.groundup_touched
    return touched


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
