"""*Stop* in SQL Lab: who stopped a query is told that it was stopped, not that it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from superset_config.wrapping import wrap


def mark_before_stopping() -> None:
    """Superset ends a query, then notes that it was stopped; what ran it may ask between the two, and call it failed.

    For when Superset's models can be imported.
    """
    from superset import db, sql_lab  # noqa: PLC0415
    from superset.common.db_query_status import QueryStatus  # noqa: PLC0415
    from superset.models.sql_lab import Query  # noqa: PLC0415

    def mark(query: Any, before: str, after: str) -> None:
        # Where it has ended meanwhile, that stays.
        db.session.query(Query).filter_by(id=query.id, status=before).update({"status": after})
        db.session.commit()

    def cancel(original: Callable[..., bool], query: Any) -> bool:
        before = query.status
        mark(query, before, QueryStatus.STOPPED)
        is_stopped = False
        try:
            is_stopped = original(query)
        finally:
            if not is_stopped:
                mark(query, QueryStatus.STOPPED, before)
        return is_stopped

    wrap(sql_lab, "cancel_query", cancel)
