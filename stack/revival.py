"""Bringing back what was asked to run and has died, for a verb that needs MySQL."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from settings.addresses import THIS_MACHINE
from settings.environment import Environment
from stack.launched import read_launched
from stack.places import places_of

_PATIENCE_SECONDS = 5


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
    if environment.mysql_host not in THIS_MACHINE or "mysql" not in launched.services:
        return
    # A killed process leaves its socket's file behind, but nobody answers there.
    if (
        launched.is_whole
        and answers(places.supervisor_socket, b"GET / HTTP/1.0\r\n\r\n")
        and answers((environment.mysql_host, environment.mysql_port))
    ):
        return
    from stack.lifecycle import bring_back  # noqa: PLC0415 - the process manager costs time to import

    bring_back(environment, on_progress)


def answers(address: Path | tuple[str, int], said: bytes = b"") -> bool:
    """Whether somebody there says something, when `said` has been said; MySQL greets by itself.

    The kernel still takes connections for a process that has been killed and is not all gone yet.
    """
    try:
        with _connected(address) as probe:
            probe.settimeout(_PATIENCE_SECONDS)
            probe.sendall(said)
            return bool(probe.recv(1))
    except OSError:
        return False


def _connected(address: Path | tuple[str, int]) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout=_PATIENCE_SECONDS)
    probe = socket.socket(socket.AF_UNIX)
    probe.settimeout(_PATIENCE_SECONDS)
    try:
        probe.connect(str(address))
    except OSError:
        probe.close()
        raise
    return probe
