from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from settings.environment import SECRETS, Environment
from stack.places import places_of
from stack.supervisord import supervisord_processes
from tests.conftest import free_port

Make = Callable[[Path], Environment]


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, each another."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


def environment_in(home: Path, **settings: object) -> Environment:
    """Settings with every password set and free ports."""
    mysql, redis, superset, airflow = free_ports(4)
    passwords = {name.removeprefix("GROUNDUP_").lower(): f"secret-{name[-20:].lower()}" for name in SECRETS}
    ports = {"mysql_port": mysql, "redis_port": redis, "superset_port": superset, "airflow_port": airflow}
    return Environment(**{"home": home, **ports, **passwords, **settings})  # type: ignore[arg-type]


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process that was started for this state folder, whoever its parent is."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid():
                continue
            if process.environ().get("GROUNDUP_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes settings for a state folder; what was started for it is stopped after the test."""
    made: list[Environment] = []

    def _make(home: Path) -> Environment:
        made.append(environment_in(home))
        return made[-1]

    yield _make
    for environment in made:
        end(environment)


@pytest.fixture
def environment(make: Make, tmp_path: Path) -> Environment:
    return make(tmp_path / "home")


def end(environment: Environment) -> None:
    """Kill what runs, which is quicker than to stop it, and remove the sockets' folder, which may lie elsewhere."""
    places = places_of(environment)
    for find in (lambda: supervisord_processes(places), lambda: processes_of(places.home)):
        found = find()
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=20)
    shutil.rmtree(places.sockets, ignore_errors=True)
