"""How fast Superset serves *Daily report* to 50 people at once: with our settings, and with Superset's own.

The same metadata, report tables, worker command and requests for all; one server at a time, in alternation. The
requests are those that a browser sends.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import redis
from playwright.sync_api import Request

from benchmarks.audience import Audience, Question, Served
from benchmarks.figures import Figure
from benchmarks.own_servers import free_port, groundup, own_superset
from settings.environment import PROJECT, Environment
from stack.places import places_of
from tests.browser.superset import SupersetPage, open_browser

PEOPLE = 50
SECONDS = 20.0
ROUNDS = 2
OURS, DEFAULTS, WITH_REDIS = "our settings", "Superset's defaults", "defaults and a cache in Redis"
_CONFIGS = {
    OURS: None,
    DEFAULTS: PROJECT / "benchmarks" / "superset_peers" / "defaults.py",
    WITH_REDIS: PROJECT / "benchmarks" / "superset_peers" / "defaults_with_redis.py",
}
_MEBI = 2**20


def measure(workspace: Path) -> list[Figure]:
    """Charts a second, milliseconds of a chart, and the memory of a worker, of each of the three."""
    home = workspace / "serving"
    shutil.rmtree(home, ignore_errors=True)
    try:
        with own_superset(home) as environment:
            groundup("demo", "--users", "2000")
            groundup("load")
            questions = _questions(environment)
            # One server at a time has the machine; the peers use its MySQL and Redis.
            groundup("down")
            groundup("up", "mysql", "redis")
            return asyncio.run(_measure(environment, questions))
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measure(environment: Environment, questions: Sequence[Question]) -> list[Figure]:
    warm: dict[str, list[Served]] = {name: [] for name in _CONFIGS}
    cold: dict[str, Served] = {}
    memory: dict[str, tuple[float, float]] = {}
    processor: dict[str, list[float]] = {name: [] for name in _CONFIGS}
    for number in range(ROUNDS):
        for name, config in _CONFIGS.items():
            sys.stderr.write(f"Serving with {name}, round {number + 1}\n")
            with _server(environment, config) as (url, process):
                audience = Audience(url, PEOPLE)
                try:
                    await audience.sign_in("employee", environment.employee_password)
                    if name not in cold:
                        _forget_figures(environment)
                        cold[name] = await audience.open_once(questions)
                    used = _processor_seconds(environment, process)
                    served = await audience.open_again_and_again(questions, SECONDS)
                    used = _processor_seconds(environment, process) - used
                    warm[name].append(served)
                    processor[name].append(used / len(served.milliseconds) * 1_000)
                    memory[name] = _memory(process)
                finally:
                    await audience.close()
    return _figures(warm, cold, memory, processor)


def _questions(environment: Environment) -> list[Question]:
    found: list[Question] = []

    def note(request: Request) -> None:
        # The page also sends what it measured, which is no JSON.
        if "/api/v1/chart/data" in request.url and isinstance(request.post_data_json, dict):
            found.append(Question(request.url.removeprefix(environment.superset_url), request.post_data_json))

    with open_browser() as browser:
        page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
        page.page.on("request", note)
        page.open_dashboard("daily-report")
        page.page.wait_for_load_state("networkidle")
    return found


@contextmanager
def _server(environment: Environment, config: Path | None) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    variables = {**os.environ, **environment.as_variables(), "GROUNDUP_SUPERSET_PORT": str(port)}
    variables |= {"PYTHONPATH": str(PROJECT), **({"SUPERSET_CONFIG_PATH": str(config)} if config else {})}
    serve = "from superset_config.boot import serve; serve()"
    with (environment.home / "serving.log").open("ab") as log:
        process = subprocess.Popen(
            [str(PROJECT / ".venv-superset" / "bin" / "python"), "-c", serve],
            cwd=PROJECT,
            env=variables,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=60, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RuntimeError("The server of the benchmark did not start; its log lies in the benchmark's home.")


def _forget_figures(environment: Environment) -> None:
    for database in (0, 5):
        with redis.Redis(port=environment.redis_port, password=environment.redis_password, db=database) as client:
            client.flushdb()


def _processor_seconds(environment: Environment, server: psutil.Process) -> float:
    """Of the workers, MySQL and Redis together: it does not depend on who else uses the machine."""
    places = places_of(environment)
    others = [psutil.Process(int((places.mysql / "mysqld.pid").read_text()))]
    others += [psutil.Process(int((places.redis / "redis.pid").read_text()))]
    times = [process.cpu_times() for process in (*server.children(), *others)]
    return sum(time.user + time.system for time in times)


def _memory(process: psutil.Process) -> tuple[float, float]:
    """The mean resident and proportional set sizes of the workers, in MiB."""
    sizes = [worker.memory_full_info() for worker in process.children()]
    return statistics.mean(size.rss for size in sizes) / _MEBI, statistics.mean(size.pss for size in sizes) / _MEBI


def _figures(
    warm: dict[str, list[Served]],
    cold: dict[str, Served],
    memory: dict[str, tuple[float, float]],
    processor: dict[str, list[float]],
) -> list[Figure]:
    found = []
    rates = {name: statistics.mean(served.rate for served in rounds) for name, rounds in warm.items()}
    for peer, bound in ((DEFAULTS, "≥ 4"), (WITH_REDIS, "≥ 1.2")):
        found.append(
            Figure("serving", f"{PEOPLE} people, warm", rates[OURS], "charts/s", peer, rates[peer], bound=bound)
        )
        found.append(
            Figure(
                "serving",
                "processor time of a chart, warm",
                statistics.mean(processor[OURS]),
                "ms",
                peer,
                statistics.mean(processor[peer]),
            )
        )
    for name, rounds in warm.items():
        every = [*rounds, cold[name]]
        faults = sum(len(served.faults) for served in every)
        found.append(Figure("serving", f"errors, {name}", faults, "", bound="≤ 0" if name == OURS else ""))
        for state, served in (("warm", rounds[-1]), ("cold", cold[name])):
            found += [
                Figure("serving", f"a chart, {state}, p{percent}, {name}", served.percentile(percent), "ms")
                for percent in (50, 95)
            ]
        resident, proportional = memory[name]
        found.append(Figure("serving", f"a worker's RSS, {name}", resident, "MiB"))
        found.append(Figure("serving", f"a worker's PSS, {name}", proportional, "MiB"))
    return found
