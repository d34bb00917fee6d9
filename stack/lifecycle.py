"""Starting and stopping the stack. Every process of it may have died at any moment before."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from settings.environment import SECRETS, Environment
from settings.strength import REMEDY, is_production, weakness
from stack import airflow_server, mysql_server, redis_server, superset_server
from stack.accounts import put_accounts_in_place
from stack.errors import PlaceError, ServiceFailedError, StackError
from stack.exchange import Exchange, begin, finish, is_due
from stack.launched import forget_launched, read_launched, settings_digest, write_launched
from stack.orphans import end_orphans
from stack.places import Places, places_of, prepare
from stack.ports import require_distinct_ports, require_free_port
from stack.services import AIRFLOW, BACKGROUND, with_needs
from stack.states import ServiceState, is_ready, states
from stack.supervisor_config import render, write_config
from stack.supervisord import ProcessInfo, Supervisord, start_supervisord, stop_supervisord, supervisord_processes

__all__ = ["ServiceState", "bring_back", "exchange_state", "launch", "start", "states", "stop", "wait_healthy"]

Progress = Callable[[str], None]

# Recovery after a crash takes its time; Superset brings its metadata up to date first.
_READY_SECONDS = {
    "mysql": 180.0,
    "redis": 60.0,
    "superset": 300.0,
    "worker": 300.0,
    "beat": 60.0,
    **dict.fromkeys(AIRFLOW, 300.0),
}
_POLL_SECONDS = 0.1
# How long a verb waits for a server that the process manager is starting again after a crash.
_RECOVERY_SECONDS = 60.0
# A service that came up this often without getting ready will not.
_MOST_STARTS = 3


def _silent(_: str) -> None:
    return


def start(environment: Environment, services: Sequence[str] = (), on_progress: Progress = _silent) -> None:
    """Bring the services up, and those that they need; return when all are healthy. No services means all.

    What runs already is left alone, unless the settings that it was started with have changed.

    Raises StackError.
    """
    launch(environment, services, on_progress)
    on_progress("Waiting until the services are healthy")
    wait_healthy(environment, services)


def launch(environment: Environment, services: Sequence[str] = (), on_progress: Progress = _silent) -> None:
    """As `start`, but return when MySQL and Redis are ready and their accounts in place, while Superset still boots.

    Raises StackError.
    """
    asked = with_needs(services)
    places = _prepared(environment, asked)
    with _only_one(places, on_progress):
        _bring_up(environment, places, asked, on_progress)


def bring_back(environment: Environment, on_progress: Progress = _silent) -> None:
    """Return when MySQL, and what else was asked for, is there again after a crash of it or of the process manager.

    A server that the process manager is starting again is waited for; what nobody looks after any more is started, as
    by `launch`. After `stop` nothing is asked for, and nothing happens.

    Raises StackError.
    """
    places = places_of(environment)
    daemon = Supervisord(places)
    if read_launched(places).is_whole and daemon.is_running() and daemon.processes()["mysql"].comes_back:
        on_progress("Waiting for mysql")
        # It was there: dying once more says nothing yet.
        _wait_for(environment, places, daemon, "mysql", _RECOVERY_SECONDS, patient=True)
        return
    asked = read_launched(places).services
    _prepared(environment, asked)
    with _only_one(places, on_progress):
        # Somebody else may have stopped the stack, or brought it back, while this one waited.
        asked = read_launched(places).services
        if asked:
            _bring_up(environment, places, asked, on_progress)


def exchange_state(environment: Environment, prepared: Exchange, on_progress: Progress = _silent) -> tuple[str, ...]:
    """Stop everything and put the prepared state in place; the services that had been asked for, to be started again.

    Killed before the exchange begins, the old state is there; killed in the middle of it, whoever starts the stack next
    ends it. Raises StackError.
    """
    places = places_of(environment)
    with _only_one(places, on_progress):
        asked = read_launched(places).services
        _end_everything(places, on_progress)
        on_progress("Putting the restored state in place")
        begin(places, prepared)
        finish(places)
    return asked


def wait_healthy(environment: Environment, services: Sequence[str] = (), timeout: float | None = None) -> None:
    """Return when the services, and those that they need, answer. `timeout` is in seconds for each of them.

    Raises ServiceFailedError, naming the log, when one dies again and again or does not answer in time.
    """
    places = places_of(environment)
    daemon = Supervisord(places)
    for service in with_needs(services):
        _wait_for(environment, places, daemon, service, timeout or _READY_SECONDS[service])


def stop(environment: Environment, on_progress: Progress = _silent) -> None:
    """Stop every service with all its children; return when no process is left. Nothing to stop is no error.

    Raises StackError.
    """
    places = places_of(environment)
    if not places.supervisor.exists():
        return
    with _only_one(places, on_progress):
        _end_everything(places, on_progress)
        forget_launched(places)


def _end_everything(places: Places, on_progress: Progress) -> None:
    if supervisord_processes(places):
        on_progress("Stopping the services")
    stop_supervisord(places)
    end_orphans(places)


def _prepared(environment: Environment, services: Sequence[str]) -> Places:
    _require_passwords(environment)
    places = places_of(environment)
    require_distinct_ports(environment, services)
    prepare(places)
    return places


def _bring_up(environment: Environment, places: Places, asked: Sequence[str], on_progress: Progress) -> None:
    if is_due(places):
        _end_everything(places, on_progress)
        finish(places)
    config = render(environment, places)
    digest = settings_digest(environment, config)
    earlier = read_launched(places)
    daemon = Supervisord(places)
    if daemon.is_running() and earlier.settings != digest:
        on_progress("Stopping the services: their settings have changed")
        stop_supervisord(places)
    wanted = with_needs([*earlier.services, *asked])
    running = daemon.is_running()
    if not running:
        _clear_the_way(places, on_progress)
    up = (
        {name for name, process in daemon.processes().items() if process.is_up and process.state != "BACKOFF"}
        if running
        else set()
    )
    starting = [service for service in wanted if service not in up]
    for service in starting:
        _make_ready(environment, places, service, on_progress)
    if not running:
        write_config(config, places)
    write_launched(places, wanted, digest, is_whole=False)
    if not running:
        on_progress("Starting the process manager")
        daemon = start_supervisord(environment, places)
    if starting:
        on_progress(f"Starting {', '.join(starting)}")
    _start_in_order(environment, places, daemon, wanted)
    write_launched(places, wanted, digest, is_whole=True)


def _require_passwords(environment: Environment) -> None:
    missing = [name for name in SECRETS if not getattr(environment, name.removeprefix("GROUNDUP_").lower())]
    if missing:
        raise StackError(f"{missing[0]} is empty: run groundup up, which generates what is not set.")
    variables = environment.as_variables()
    weak = weakness(variables) if is_production(variables) else ""
    if weak:
        raise StackError(f"{weak}, and {environment.superset_public_url} can be reached by others: {REMEDY}.")


def _clear_the_way(places: Places, on_progress: Progress) -> None:
    # One may be there and not answer: its socket was removed.
    if supervisord_processes(places):
        on_progress("Ending a process manager that does not answer")
        stop_supervisord(places)
    ended = end_orphans(places)
    if ended:
        on_progress(f"Ended {ended} processes that an earlier run had left")


def _make_ready(environment: Environment, places: Places, service: str, on_progress: Progress) -> None:
    require_free_port(environment, service)
    if service == "mysql" and not places.mysql_data.exists():
        on_progress("Making the MySQL data folder")
        mysql_server.install_data(places)
    if service == "redis":
        redis_server.link_program(places)
        redis_server.write_redis_settings(environment, places)
    if service in ("superset", *BACKGROUND):
        superset_server.require_installed()
    if service == "airflow":
        airflow_server.install(on_progress)
        airflow_server.write_airflow_settings(environment, places)
        airflow_server.bring_metadata_up_to_date(environment, places, on_progress)


def _start_in_order(environment: Environment, places: Places, daemon: Supervisord, wanted: Sequence[str]) -> None:
    servers = [service for service in wanted if service not in ("superset", *BACKGROUND, *AIRFLOW)]
    for service in servers:
        daemon.start(service)
    for service in servers:
        _wait_for(environment, places, daemon, service, _READY_SECONDS[service])
    if "mysql" in wanted:
        put_accounts_in_place(environment, places)
    # These take long to boot; whoever wants to use them waits for them.
    for service in ("superset", *BACKGROUND):
        if service in wanted:
            daemon.start(service)
    if "airflow" in wanted:
        daemon.start("airflow")
        # Tasks talk to Airflow's server: without it, the first ones would fail.
        _wait_for(environment, places, daemon, "airflow", _READY_SECONDS["airflow"])
        for service in AIRFLOW:
            daemon.start(service)


def _wait_for(
    environment: Environment,
    places: Places,
    daemon: Supervisord,
    service: str,
    seconds: float,
    *,
    patient: bool = False,
) -> None:
    deadline = time.monotonic() + seconds
    starts: set[datetime] = set()
    log = places.log(service)
    while True:
        process = daemon.processes()[service]
        if process.state in {"STARTING", "RUNNING"} and is_ready(environment, service):
            return
        if process.started_at:
            starts.add(process.started_at)
        if process.state in {"FATAL", "STOPPED", "UNKNOWN"} or (len(starts) >= _MOST_STARTS and not patient):
            if process.is_up:
                daemon.stop(service)
            reason = _reason(process, log)
            raise ServiceFailedError(f"{service} does not come up ({reason}): read {log}, then run groundup up again.")
        if time.monotonic() > deadline:
            raise ServiceFailedError(f"{service} did not answer within {seconds:.0f} seconds: read {log}.")
        time.sleep(_POLL_SECONDS)


def _reason(process: ProcessInfo, log: Path) -> str:
    # That it ended says nothing; why it could not even be started does.
    ended = process.reason.startswith(("Exited too quickly", "Bad exit code"))
    return (process.reason if not ended else "") or _complaint(log) or process.reason or "it gave no reason"


def _complaint(log: Path) -> str:
    """The line of a log that says best why a program ended: the last error that is not about the ending itself."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-50:] if line.strip()]
    except OSError:
        return ""
    errors = [line for line in lines if "ERROR" in line and not line.endswith("Aborting")]
    return (errors or lines or [""])[-1]


@contextmanager
def _only_one(places: Places, on_progress: Progress) -> Iterator[None]:
    try:
        lock = places.lock.open("w")
    except OSError as error:
        raise PlaceError(
            f"{places.lock} cannot be opened ({error.strerror}): make the state folder writable, or run as its owner."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress("Waiting for another groundup up or down to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
