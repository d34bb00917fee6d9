"""Who looked at what, written in bundles: a row and a COMMIT for every request took a fifth of the time of a chart."""

from __future__ import annotations

import atexit
import logging
import threading
from datetime import datetime
from typing import Any

from flask import current_app, g
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from superset.utils import json
from superset.utils.log import DBEventLogger

# Seconds between two bundles, which is also what a crash may lose.
BUNDLE_SECONDS = 2.0
# What is not written when the metadata database is away for long is given up.
_MOST = 50_000
# In what SQLAlchemy keeps with a connection.
_WROTE = "groundup_wrote"


class BundlingEventLogger(DBEventLogger):  # type: ignore[misc] # Superset has no types
    """Superset's own log, in its own table, written by a thread."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._app: Any = None

    def log(
        self,
        user_id: int | None,
        action: str,
        dashboard_id: int | None,
        duration_ms: int | None,
        slice_id: int | None,
        referrer: str | None,
        *_: Any,
        **named: Any,
    ) -> None:
        """Take the records of one action; they are in the table some seconds later."""
        curated = named.get("curated_payload")
        rows = [
            {
                "action": action,
                "json": _as_json(record),
                "dashboard_id": dashboard_id or record.get("dashboard_id"),
                "slice_id": slice_id or record.get("slice_id"),
                "duration_ms": duration_ms,
                "referrer": referrer,
                "user_id": user_id,
                "dttm": datetime.utcnow(),
            }
            for record in named.get("records") or ([curated] if curated else [])
        ]
        with self._lock:
            self._rows = [*self._rows, *rows][-_MOST:]
            if self._thread is None:
                self._start()
        _commit()

    def write(self) -> None:
        """Write what has been taken; it is kept for the next time when that fails."""
        from superset import db  # noqa: PLC0415 - not before the application is there
        from superset.models.core import Log  # noqa: PLC0415

        with self._lock:
            rows, self._rows = self._rows, []
        if not rows:
            return
        try:
            with self._app.app_context(), db.engine.begin() as connection:
                connection.execute(Log.__table__.insert(), rows)
        except IntegrityError as error:
            # Somebody who was deleted meanwhile: the rows stay, without a name.
            logging.getLogger(__name__).warning("Rows of the log name nobody any more (%s)", error)
            self._take_back([{**row, "user_id": None} for row in rows])
        except Exception as error:
            logging.getLogger(__name__).warning("%s rows of the log wait (%s)", len(rows), error)
            self._take_back(rows)

    def _take_back(self, rows: list[dict[str, Any]]) -> None:
        with self._lock:
            self._rows = [*rows, *self._rows][-_MOST:]

    def _start(self) -> None:
        # In the process that serves: a thread does not survive a fork.
        self._app = current_app._get_current_object()
        self._thread = threading.Thread(target=self._run, name="event log", daemon=True)
        self._thread.start()
        atexit.register(self._end)

    def _run(self) -> None:
        while not self._ended.wait(BUNDLE_SECONDS):
            self.write()

    def _end(self) -> None:
        self._ended.set()
        self.write()


def _commit() -> None:
    """Commit what the request wrote, as Superset's own log does: to stop a query, for one, leaves it to the log.

    Where nothing was written, nothing is done: all that was read would be read again, half as long as a cached chart.
    """
    from superset import db  # noqa: PLC0415

    if getattr(g, "in_transaction", False):
        return  # Superset's own, which ends by itself, in one piece
    session = db.session()
    try:
        if _is_pending(session) or _has_written(session):
            session.commit()
    except SQLAlchemyError:
        logging.getLogger(__name__).exception("What a request did could not be committed")
        session.rollback()


def _is_pending(session: Any) -> bool:
    return bool(session.new or session.dirty or session.deleted)


def _has_written(session: Any) -> bool:
    return bool(session.in_transaction() and session.connection().info.get(_WROTE))


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    """A transaction that wrote is remembered with its connection."""
    if not statement.lstrip("( \n").upper().startswith("SELECT"):
        connection.info[_WROTE] = True


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _forget(connection: Any) -> None:
    connection.info.pop(_WROTE, None)


def _as_json(record: Any) -> str | None:
    try:
        return str(json.dumps(record))
    except Exception:
        return None
