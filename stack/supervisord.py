"""The process manager: starting supervisord, talking to it, ending it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from settings.environment import PROJECT, Environment
from stack.errors import SupervisorError
from stack.places import Places

_START_SECONDS = 15.0
_STOP_SECONDS = 120.0
_POLL_SECONDS = 0.05

_NO_CONNECTION = (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError)


@dataclass(frozen=True)
class ProcessInfo:
    """What supervisord knows of a program. `state` is one of its own names: STOPPED, STARTING, RUNNING, BACKOFF, …"""

    name: str
    state: str
    pid: int | None
    started_at: datetime | None
    stopped_at: datetime | None
    reason: str

    @property
    def is_up(self) -> bool:
        """Whether there is a process, or about to be one."""
        return self.state in {"STARTING", "RUNNING", "BACKOFF"}

    @property
    def comes_back(self) -> bool:
        """Whether it is up, or supervisord is about to start it again."""
        return self.is_up or self.state == "EXITED"


class Supervisord:
    """A running supervisord, over XML-RPC on its Unix socket. Every method raises SupervisorError when it is gone."""

    def __init__(self, places: Places) -> None:
        self._places = places
        # The address in the URL is ignored: the transport goes to the socket.
        transport = SupervisorTransport(serverurl=f"unix://{places.supervisor_socket}")
        self._proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def is_running(self) -> bool:
        """Whether it answers and is not about to end."""
        try:
            return str(self._call("getState")["statename"]) == "RUNNING"
        except SupervisorError:
            return False

    def processes(self) -> dict[str, ProcessInfo]:
        """Every program, by name."""
        try:
            return {str(found["name"]): _process_info(found) for found in self._call("getAllProcessInfo")}
        except xmlrpc.client.Fault as fault:
            raise SupervisorError("The process manager is about to end: run groundup up again.") from fault

    def start(self, service: str) -> None:
        """Start a program and do not wait; one that is up stays as it is."""
        try:
            self._call("startProcess", service, False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise SupervisorError(
                    f"The process manager refuses to start {service} ({fault.faultString}): "
                    f"read {self._places.log('supervisor')}."
                ) from fault

    def stop(self, service: str) -> None:
        """Stop a program and wait for its end; one that is down stays as it is."""
        try:
            self._call("stopProcess", service)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise SupervisorError(
                    f"The process manager refuses to stop {service} ({fault.faultString}): "
                    f"read {self._places.log('supervisor')}."
                ) from fault

    def shut_down(self) -> None:
        """Ask it to stop all programs and to end; does not wait."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: object) -> Any:
        try:
            return getattr(self._proxy.supervisor, method)(*arguments)
        except _NO_CONNECTION as error:
            raise SupervisorError(
                f"The process manager does not answer on {self._places.supervisor_socket}: run groundup up again."
            ) from error


def start_supervisord(environment: Environment, places: Places) -> Supervisord:
    """Start supervisord with the configuration that was written; it outlives this process and its terminal.

    Raises SupervisorError when it does not come up.
    """
    # A socket that was left behind by a killed one would be tried first.
    places.supervisor_socket.unlink(missing_ok=True)
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(places.supervisor_config)]
    done = subprocess.run(
        command,
        env=child_variables(environment, places, os.environ),
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [*done.stderr.splitlines(), *done.stdout.splitlines()]
        reason = next((line for line in said if line.startswith("Error")), "it gave no reason")
        raise SupervisorError(f"The process manager does not start ({reason}): read {places.log('supervisor')}.")
    daemon = Supervisord(places)
    deadline = time.monotonic() + _START_SECONDS
    while not daemon.is_running():
        if time.monotonic() > deadline:
            raise SupervisorError(
                f"The process manager did not answer within {_START_SECONDS:.0f} seconds: "
                f"read {places.log('supervisor')}."
            )
        time.sleep(_POLL_SECONDS)
    return daemon


def stop_supervisord(places: Places) -> None:
    """End supervisord and with it every service; return when it is gone. One that hangs is killed.

    Raises SupervisorError when even that fails.
    """
    processes = supervisord_processes(places)
    try:
        Supervisord(places).shut_down()
    except SupervisorError:
        for process in processes:
            _signal(process, psutil.Process.terminate)
    except xmlrpc.client.Fault:
        pass  # it is shutting down already
    _, alive = psutil.wait_procs(processes, timeout=_STOP_SECONDS)
    for process in alive:
        _signal(process, psutil.Process.kill)
    _, alive = psutil.wait_procs(alive, timeout=10)
    if alive:
        raise SupervisorError(f"The process manager (process {alive[0].pid}) cannot be ended: end it by hand.")
    places.supervisor_socket.unlink(missing_ok=True)


def supervisord_processes(places: Places) -> list[psutil.Process]:
    """The supervisord of this state folder, found by its command line; more than one only after an accident."""
    config = str(places.supervisor_config)
    found = []
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
        except psutil.Error:
            continue
        if "supervisor.supervisord" in command and config in command:
            found.append(process)
    return found


def child_variables(environment: Environment, places: Places, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of supervisord and of all that it starts."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("SUPERVISOR_")}
    return {
        **kept,
        **environment.as_variables(),
        "PYTHONPATH": str(PROJECT),
        "AIRFLOW_HOME": str(places.airflow),
    }


def _process_info(found: Mapping[str, Any]) -> ProcessInfo:
    return ProcessInfo(
        name=str(found["name"]),
        state=str(found["statename"]),
        pid=int(found["pid"]) or None,
        started_at=_moment(found["start"]),
        stopped_at=_moment(found["stop"]),
        reason=str(found["spawnerr"] or ""),
    )


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _signal(process: psutil.Process, send: Any) -> None:
    try:
        send(process)
    except psutil.Error:
        return
