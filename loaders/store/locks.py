"""One load of a kind at a time: a lock that MySQL gives back by itself when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from loaders.errors import StoreError
from loaders.store.connection import MySQL

_NAME = "groundup.load"
# Ranks need no warehouse and touch no report, so they need not wait for those.
RANKS_LOCK = "groundup.store_ranks"
# MySQL gives the lock of a killed load back when it has undone what that load had begun.
_PATIENCE_SECONDS = 10


@contextmanager
def load_lock(connection: MySQL, name: str = _NAME) -> Iterator[None]:
    """Holds the lock for a while. Raises StoreError when another load holds it and keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", (name, _PATIENCE_SECONDS))
        row = cursor.fetchone()
        if not row or row[0] != 1:
            cursor.execute("SELECT IS_USED_LOCK(%s)", (name,))
            holder = cursor.fetchone()
            who = f" (MySQL connection {holder[0]})" if holder and holder[0] else ""
            raise StoreError(f"Another load is running{who}; wait until it ends, then try again.")
    try:
        yield
    finally:
        if connection.open:
            with connection.cursor() as cursor:
                cursor.execute("SELECT RELEASE_LOCK(%s)", (name,))
