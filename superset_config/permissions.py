"""What people may do, remembered for a second: Superset asks its database a dozen times for each chart.

A permission that is taken away is gone within that second, in each worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from cachetools import TTLCache
from flask import g, has_request_context
from superset.security.manager import SupersetSecurityManager
from superset.utils.core import get_user_id

SECONDS = 1.0
_MOST = 10_000


class RememberingSecurityManager(SupersetSecurityManager):  # type: ignore[misc]
    """Superset's own, which asks no question about permissions twice within a second."""

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        self._answers: TTLCache[tuple[Any, ...], Any] = TTLCache(_MOST, SECONDS)
        self._lock = threading.Lock()

    def exist_permission_on_roles(self, view_name: str, permission_name: str, role_ids: list[int]) -> bool:
        """Whether one of the roles has the permission."""
        return bool(
            self._remembered(
                ("roles", view_name, permission_name, *sorted(role_ids)),
                partial(super().exist_permission_on_roles, view_name, permission_name, role_ids),
            )
        )

    def user_view_menu_names(self, permission_name: str) -> set[str]:
        """What the person who asks has this permission on."""
        names: set[str] = self._remembered(
            ("names", permission_name, g.user.is_anonymous, get_user_id()),
            partial(super().user_view_menu_names, permission_name),
        )
        # Theirs to change.
        return set(names)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Whether somebody who has not signed in has the permission."""
        return bool(
            self._remembered(
                ("public", permission_name, view_name),
                partial(super().is_item_public, permission_name, view_name),
            )
        )

    def _remembered(self, question: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        # What sets Superset up asks outside of a request, and between its own changes.
        if not has_request_context():
            return ask()
        with self._lock:
            if question in self._answers:
                return self._answers[question]
        answer = ask()
        with self._lock:
            self._answers[question] = answer
        return answer
