"""`groundup down`: the end of the local stack."""

from __future__ import annotations

from groundup.progress import progress
from settings.environment import load_environment
from stack.lifecycle import stop


def down() -> None:
    """Stop every service; the data stays.

    Example: groundup down
    """
    with progress() as say:
        stop(load_environment(), say)
