"""The pipeline from export files to MySQL, as a user runs it, against the floor on the same files in the same run."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exports import count_events, make_export
from benchmarks.figures import Figure
from benchmarks.own_servers import own_mysql
from loaders.store.connection import connected
from settings.environment import PROJECT, Environment

_ROUNDS = 3
_MOST_MEMORY_MB = 2048
# About 1.8 million events in 30 days, and 10 million.
_USERS, _MANY_USERS = 100_000, 545_000
_HISTORY_DAYS = 90


@dataclass(frozen=True)
class Run:
    """What a process took: seconds on the clock, and its own peak memory."""

    seconds: float
    peak_mb: float
    output: str


def measure(workspace: Path) -> list[Figure]:
    """Ingest and load of 1.8 and of 10 million events, and one more day on top of 90, against their floors."""
    figures: list[Figure] = []
    with own_mysql(workspace / "pipeline") as environment:
        home = Home(environment)
        ratios = []
        for users, rounds in ((_USERS, _ROUNDS), (_MANY_USERS, 1)):
            files = make_export(workspace / f"export-{users}-30", users=users, days=30)
            found = _whole(home, files, rounds)
            ratios.append(found[0].ratio or 0.0)
            figures += found
        figures.append(
            Figure("pipeline", "growth of that ratio to 10 M events", ratios[1], "", "at 1.8 M", ratios[0], "≤ 1.1")
        )
        figures += _one_more_day(home, workspace)
    return figures


def _whole(home: Home, files: Sequence[Path], rounds: int) -> list[Figure]:
    ours, floors = [], []
    for _ in range(rounds):
        floors.append(_floor(files[0].parent))
        home.empty()
        ours.append([home.groundup("ingest", *map(str, files), "--schema", "ga4"), home.groundup("load")])
    events = f"{count_events(list(files)) / 1e6:.1f} M events"
    seconds = statistics.median(sum(run.seconds for run in runs) for runs in ours)
    floor = statistics.median(floors)
    peak = max(run.peak_mb for runs in ours for run in runs)
    return [
        Figure("pipeline", f"ingest + load of {events}", seconds, "s", "the floor", floor, "≤ 5"),
        Figure("pipeline", f"peak memory at {events}", peak, "MB", bound=f"≤ {_MOST_MEMORY_MB}"),
    ]


def _one_more_day(home: Home, workspace: Path) -> list[Figure]:
    files = make_export(workspace / f"export-{_USERS}-{_HISTORY_DAYS + 1}", users=_USERS, days=_HISTORY_DAYS + 1)
    history, last = workspace / "history", workspace / "last-day"
    for folder, linked in ((history, files[:-1]), (last, files[-1:])):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file in linked:
            (folder / file.name).symlink_to(file)
    state = workspace / "state.duckdb"
    state.unlink(missing_ok=True)
    _floor(history, "--before", str(state))
    home.empty()
    home.groundup("ingest", *(str(file) for file in files[:-1]), "--schema", "ga4")
    home.groundup("load")
    kept = home.keep()
    whole, idle, work, from_files, from_state = [], [], [], [], []
    for _ in range(_ROUNDS):
        home.bring_back(kept)
        from_files.append(_floor(files[0].parent, "--last-day"))
        fresh = workspace / "state.copy.duckdb"
        shutil.copy(state, fresh)
        from_state.append(_floor(last, "--on", str(fresh)))
        ingest = home.groundup("ingest", str(files[-1]), "--schema", "ga4")
        load = home.groundup("load", "--json")
        whole.append(ingest.seconds + load.seconds)
        work.append(sum(step["seconds"] for step in json.loads(load.output)["steps"]))
        idle.append(home.groundup("load").seconds)
    name = f"one more day on top of {_HISTORY_DAYS}"
    median: Callable[[Sequence[float]], float] = statistics.median
    by_itself, after_others = median(from_files), median(from_state)
    busy = median(whole) - 2 * median(idle)
    return [
        _day(f"{name}: ingest + load, less two idle commands", busy, "from the files", by_itself, "≤ 1.5"),
        _day(f"{name}: the load's steps", median(work), "from the files", by_itself),
        _day(f"{name}: the load's steps", median(work), "knowing the days before", after_others),
        _day(f"{name}: both commands, from start to end", median(whole), "from the files", by_itself),
    ]


def _day(what: str, seconds: float, how: str, floor: float, bound: str = "") -> Figure:
    return Figure("pipeline", what, seconds, "s", f"the floor of that day, {how}", floor, bound)


def _floor(folder: Path, *options: str) -> float:
    done = timed([sys.executable, "-m", "benchmarks.floor", str(folder), *options])
    return float(json.loads(done.output)["seconds"])


class Home:
    """A home in which MySQL runs, and the command line on it."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def groundup(self, *arguments: str) -> Run:
        """Runs a verb as a user would."""
        return timed([str(Path(sys.executable).parent / "groundup"), *arguments])

    def empty(self) -> None:
        """Removes the warehouse and every table of the report store."""
        self._environment.warehouse_file.unlink(missing_ok=True)
        with connected(self._environment, "loader") as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TABLE `{name}`")

    def keep(self) -> Path:
        """A copy of the warehouse as it is."""
        return Path(shutil.copy(self._environment.warehouse_file, self._environment.home / "kept.duckdb"))

    def bring_back(self, kept: Path) -> None:
        """Makes the warehouse, and MySQL after it, what they were when the copy was kept."""
        shutil.copy(kept, self._environment.warehouse_file)
        self.groundup("load")


def timed(command: Sequence[str]) -> Run:
    """Runs a command to its end. Raises CalledProcessError, with what it said, when it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=errors)
        # The process's own peak, which Popen.wait does not tell.
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, errors):
            file.seek(0)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output.read(), errors.read())
        return Run(seconds, used.ru_maxrss / 1024, output.read())
