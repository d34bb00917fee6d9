"""Bringing back what was asked to run and has died, for a verb that needs MySQL."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from settings.environment import Environment
from stack.launched import read_launched
from stack.places import places_of

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


def revive(environment: Environment, on_progress: Callable[[str], None] = lambda _: None) -> None:
    """Return when the MySQL server that `up` started answers, after starting anew what has died.

    Does nothing when MySQL is elsewhere or was not asked for: whoever connects then says so; nor for a task of Airflow,
    which is a part of the stack and would start a second scheduler beside its own. Costs two connections when all is
    well. Raises StackError when MySQL does not come back.
    """
    if "SUPERVISOR_PROCESS_NAME" in os.environ:
        return
    places = places_of(environment)
    launched = read_launched(places)
    if environment.mysql_host not in _THIS_MACHINE or "mysql" not in launched.services:
        return
    # A killed process leaves its socket's file behind, but nobody answers there.
    if (
        launched.is_whole
        and _answers(places.supervisor_socket)
        and _answers((environment.mysql_host, environment.mysql_port))
    ):
        return
    from stack.lifecycle import bring_back  # noqa: PLC0415 - the process manager costs time to import

    bring_back(environment, on_progress)


def _answers(address: Path | tuple[str, int]) -> bool:
    """Whether somebody listens there; not whether they make sense."""
    try:
        if isinstance(address, tuple):
            with socket.create_connection(address, timeout=5):
                return True
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(address))
            return True
    except OSError:
        return False
