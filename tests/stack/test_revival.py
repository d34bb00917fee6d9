"""What `groundup load` does before it works: whatever has died of what `up` started is there again."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from settings.environment import LOADER, Environment
from stack.launched import read_launched, write_launched
from stack.lifecycle import start, stop
from stack.places import places_of
from stack.revival import answers, revive
from stack.supervisord import Supervisord, supervisord_processes
from tests.stack.conftest import end, environment_in, processes_of
from tests.stack.test_lifecycle import ask, kill, pids, seen, supervisor_pid

BOTH_RUN = {"mysql": "running", "redis": "running", **dict.fromkeys(("superset", "worker", "beat"), "stopped")}


@pytest.fixture(scope="module")
def running(module_folder: Path) -> Iterator[Environment]:
    environment = environment_in(module_folder / "home")
    start(environment, ["mysql", "redis"])
    yield environment
    end(environment)


def names(environment: Environment) -> list[str]:
    """Every process of the stack, by name."""
    return sorted(process.name() for process in processes_of(environment.home))


def mysql_answers(environment: Environment) -> bool:
    return ask(environment, LOADER, environment.mysql_loader_password, "SELECT 1") == ((1,),)


def test_what_runs_is_left_alone(running: Environment) -> None:
    before = pids(running), supervisor_pid(running)
    said: list[str] = []
    revive(running, said.append)
    assert ((pids(running), supervisor_pid(running)), said) == (before, [])


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.0\r\n\r\n"], ids=["mysql", "supervisor"])
def test_who_takes_a_connection_and_is_gone_does_not_answer(said: bytes) -> None:
    """As the kernel does for a killed process of which not every thread has ended."""
    with socket.create_server(("127.0.0.1", 0)) as dying:

        def take_and_end() -> None:
            connection, _ = dying.accept()
            connection.close()

        thread = threading.Thread(target=take_and_end)
        thread.start()
        assert not answers(("127.0.0.1", dying.getsockname()[1]), said)
        thread.join()


def test_a_server_that_was_killed_is_waited_for(running: Environment) -> None:
    supervisor = supervisor_pid(running)
    kill(pids(running)["mysql"])
    revive(running)
    assert mysql_answers(running)
    assert supervisor_pid(running) == supervisor


@pytest.mark.parametrize("with_it", [[], ["mysql"], ["mysql", "redis"]], ids=["alone", "with mysql", "with all"])
def test_a_killed_process_manager_is_started_anew_with_all_that_was_asked_for(
    running: Environment, with_it: list[str]
) -> None:
    before = names(running)
    services = pids(running)
    kill(supervisor_pid(running))
    for service in with_it:
        kill(services[service])
    revive(running)
    assert mysql_answers(running)
    assert seen(running) == BOTH_RUN
    # None is left of the earlier ones.
    assert names(running) == before
    assert [process.pid for process in supervisord_processes(places_of(running))] == [supervisor_pid(running)]


def test_a_server_that_nobody_has_started_yet_is_started(running: Environment) -> None:
    """Whoever was bringing the stack back may have been killed between the process manager and the server."""
    Supervisord(places_of(running)).stop("mysql")
    revive(running)
    assert mysql_answers(running)


def test_what_was_not_reached_before_whoever_started_it_was_killed_is_started(running: Environment) -> None:
    """MySQL is the first to answer; the others come later, and a load that finds MySQL would not miss them."""
    places = places_of(running)
    Supervisord(places).stop("redis")
    launched = read_launched(places)
    assert launched.is_whole
    write_launched(places, launched.services, launched.settings, is_whole=False)
    revive(running)
    assert seen(running) == BOTH_RUN
    assert read_launched(places).is_whole


def test_nothing_is_started_that_nobody_asked_for(running: Environment) -> None:
    stop(running)
    revive(running)
    assert processes_of(running.home) == []


def test_a_server_elsewhere_is_none_of_its_business(running: Environment) -> None:
    start(running, ["mysql", "redis"])
    supervisor = psutil.Process(supervisor_pid(running))
    kill(supervisor.pid)
    revive(running.model_copy(update={"mysql_host": "db.example.org"}))
    assert supervisord_processes(places_of(running)) == []


def test_a_task_of_airflow_starts_no_second_stack_beside_its_own(
    running: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(running, ["mysql", "redis"])
    kill(supervisor_pid(running))
    with monkeypatch.context() as patch:
        patch.setenv("SUPERVISOR_PROCESS_NAME", "airflow-scheduler")
        revive(running)
        assert not supervisord_processes(places_of(running))
    revive(running)
    assert supervisord_processes(places_of(running))
