"""How each service is, for `groundup status` and for whoever waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from settings.environment import Environment
from stack.airflow_server import airflow_is_healthy
from stack.errors import SupervisorError
from stack.launched import read_launched
from stack.mysql_server import mysql_is_ready
from stack.places import Places, places_of
from stack.redis_server import redis_is_ready
from stack.services import AIRFLOW, BACKGROUND, SERVICES, USUAL
from stack.superset_server import has_sign_of_life, superset_is_healthy
from stack.supervisord import ProcessInfo, Supervisord

State = Literal["running", "starting", "stopped", "failed"]


@dataclass(frozen=True)
class ServiceState:
    """One service. `since` is the moment of its start or end (UTC); `should_run` says whether `up` asked for it."""

    name: str
    state: State
    since: datetime | None
    pid: int | None
    detail: str
    log: Path
    should_run: bool


def is_ready(environment: Environment, service: str) -> bool:
    """Whether a service does what it is for; asks the service itself."""
    places = places_of(environment)
    if service == "mysql":
        return mysql_is_ready(places)
    if service == "redis":
        return redis_is_ready(environment)
    if service in AIRFLOW:
        return airflow_is_healthy(environment, service)
    if service in BACKGROUND:
        return has_sign_of_life(environment, service)
    return superset_is_healthy(environment)


def states(environment: Environment) -> list[ServiceState]:
    """How every service is, in the order of their start; works when nothing runs. Changes nothing.

    Those that start only when they are asked for are left out until they are.
    """
    places = places_of(environment)
    wanted = read_launched(places).services
    try:
        known = Supervisord(places).processes() if places.supervisor_socket.exists() else None
    except SupervisorError:
        known = None
    return [
        _state_of(environment, places, service, known.get(service) if known else None, wanted=service in wanted)
        for service in SERVICES
        if service in USUAL or service in wanted
    ]


def _state_of(
    environment: Environment, places: Places, service: str, process: ProcessInfo | None, *, wanted: bool
) -> ServiceState:
    if process is None:
        detail = "the process manager is gone: run groundup up" if wanted else ""
        state: State = "failed" if wanted else "stopped"
        return ServiceState(service, state, None, None, detail, places.log(service), wanted)
    state = state_from(process)
    detail = process.reason if state == "failed" else ""
    if process.state in {"STARTING", "RUNNING"}:
        answers = is_ready(environment, service)
        state, detail = ("running", "") if answers else ("starting", "does not answer yet")
    if state == "stopped" and wanted:
        detail = "should run: run groundup up"
    since = process.started_at if process.is_up else process.stopped_at
    return ServiceState(service, state, since, process.pid, detail, places.log(service), wanted)


def state_from(process: ProcessInfo) -> State:
    """What supervisord's own word for a program's state means to a person."""
    names: dict[str, State] = {
        "RUNNING": "running",
        "STARTING": "starting",
        "BACKOFF": "starting",
        "EXITED": "starting",  # it is about to be started again
        "STOPPED": "stopped",
        "STOPPING": "stopped",
    }
    return names.get(process.state, "failed")
