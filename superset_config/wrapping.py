"""Where Superset has no setting: one of its functions, with something of ours around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

_MARK = "is_ours"


def wrap(owner: Any, name: str, ours: Callable[..., Any]) -> None:
    """Puts ours in the place of a function of a class or a module; once, however often it is asked.

    Ours is called as the function was, with that function before all other arguments.
    """
    original = getattr(owner, name)
    # `__wrapped__` alone would also be there where Superset decorates its function.
    if vars(original).get(_MARK):
        return

    @wraps(original)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        return ours(original, *arguments, **named)

    vars(wrapped)[_MARK] = True
    setattr(owner, name, staticmethod(wrapped) if isinstance(vars(owner)[name], staticmethod) else wrapped)
