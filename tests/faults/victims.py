"""The processes of a stack, to be found and killed without a warning."""

import contextlib
import os
import signal
from pathlib import Path

import psutil

from stack.places import Places

SERVERS = ("mysql", "redis", "supervisor", "superset")


def pid_file(home: Path, victim: str) -> Path:
    """Where a server writes its process id itself."""
    places = Places(home)
    return {
        "mysql": places.mysql / "mysqld.pid",
        "redis": places.redis / "redis.pid",
        "supervisor": places.supervisor_pid,
    }[victim]


def find(home: Path, victim: str) -> psutil.Process | None:
    """The process of a server, if it lives."""
    if victim == "superset":
        return _gunicorn(home)
    try:
        process = psutil.Process(int(pid_file(home, victim).read_text()))
    except (OSError, ValueError, psutil.Error):
        return None
    # The number may have gone to somebody else since.
    return process if _is_of(process, home) else None


def kill_by_pid_file(home: Path, victim: str) -> None:
    """Kill -9; nothing when it is dead already."""
    process = find(home, victim)
    if process:
        with_signal(process)


def with_signal(process: psutil.Process) -> None:
    """Kill -9 now."""
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def until_dead(process: psutil.Process) -> None:
    """Wait until it answers nobody any more: for a moment after the signal its sockets still take connections."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.wait(30)


def _gunicorn(home: Path) -> psutil.Process | None:
    """Superset's first process: the one that the process manager has started."""
    supervisor = find(home, "supervisor")
    try:
        for child in supervisor.children() if supervisor else []:
            if child.environ().get("SUPERVISOR_PROCESS_NAME") == "superset":
                return child
    except psutil.Error:
        return None
    return None


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
