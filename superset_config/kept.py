"""A figure in the cache and what it was made from: it holds as long as that does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from superset_config.store_state import State

# What somebody else may change without a word, or the clock, lives for so long, in seconds.
UNTOLD_LIFETIME = 60
_CLOCK = re.compile(
    r"\b(NOW|SYSDATE|CURDATE|CURTIME|(UTC|CURRENT)_(TIMESTAMP|DATE|TIME)|LOCALTIME(STAMP)?|UNIX_TIMESTAMP)\b", re.I
)
_DAY = re.compile(r"'\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Kept:
    """A value and what must be unchanged for it to hold."""

    value: Any
    versions: Mapping[str, str]
    # The end of relative ranges, which the key does not tell.
    end: str
    # Where the range may have been counted from the clock: the day (UTC) on which the value holds.
    only_on: dt.date | None

    def holds(self, state: State, today: dt.date) -> bool:
        """Whether the store's tables and the days asked for are those that the value was made from."""
        return (
            self.end == state.end
            and self.only_on in (None, today)
            and all(state.versions.get(table) == version for table, version in self.versions.items())
        )


def keep(value: Any, read: Iterable[str], state: State, today: dt.date) -> tuple[Kept, bool]:
    """The value with the versions of the tables that it was read from, and whether these are all that can change it."""
    tables = set(read)
    sql = value.get("query") or "" if isinstance(value, Mapping) else ""
    is_told = bool(tables) and tables <= state.versions.keys() and not _CLOCK.search(sql)
    # "The last quarter" ends with the newest day and names it; "the previous calendar month" comes from the clock.
    is_dated = bool(_DAY.search(sql)) and (state.newest is None or f"'{state.end}" not in sql)
    versions = {table: state.versions[table] for table in tables & state.versions.keys()}
    return Kept(value, versions, state.end, today if is_dated else None), is_told
