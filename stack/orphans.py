"""Services that outlived their supervisord, which was killed: they hold the data folder and the ports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import psutil

from stack.errors import SupervisorError
from stack.places import Places

_TERM_SECONDS = 60.0
_KILL_SECONDS = 10.0


def belongs_to(variables: Mapping[str, str], home: Path) -> bool:
    """Whether a process with this environment was started by the supervisord of this state folder."""
    return "SUPERVISOR_PROCESS_NAME" in variables and variables.get("GROUNDUP_HOME") == str(home)


def find_orphans(places: Places) -> list[psutil.Process]:
    """The services' processes of this state folder, to be asked for when its supervisord is gone.

    Supervisor names itself in the environment of what it starts; children, such as Superset's workers, inherit that.
    """
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    account = os.geteuid()
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.pid not in own and process.uids().effective == account
            if ours and belongs_to(process.environ(), places.home):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end_orphans(places: Places) -> int:
    """Stop what is left of an earlier supervisord, gently first; the number of processes ended.

    Raises SupervisorError when one cannot be ended.
    """
    orphans = find_orphans(places)
    for process in orphans:
        _ask(process, kill=False)
    _, alive = psutil.wait_procs(orphans, timeout=_TERM_SECONDS)
    for process in alive:
        _ask(process, kill=True)
    _, alive = psutil.wait_procs(alive, timeout=_KILL_SECONDS)
    if alive:
        raise SupervisorError(
            f"Process {alive[0].pid} is left of an earlier run and cannot be ended: end it by hand and run groundup up."
        )
    return len(orphans)


def _ask(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.Error:
        return
