"""The pipeline from export files to MySQL, as a user runs it, against the floor on the same files in the same run."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exports import count_events, make_export
from benchmarks.figures import Figure
from benchmarks.homes import Home, mysql_home

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
    figures = []
    with mysql_home(workspace / "pipeline") as home:
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
    whole, work, from_files, from_state = [], [], [], []
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
    name = f"one more day on top of {_HISTORY_DAYS}"
    median: Callable[[Sequence[float]], float] = statistics.median
    return [
        Figure(
            "pipeline",
            f"{name}: both commands",
            median(whole),
            "s",
            "the floor of that day, from the files",
            median(from_files),
            "≤ 1.5",
        ),
        Figure(
            "pipeline",
            f"{name}: the load's steps",
            median(work),
            "s",
            "the floor of that day, knowing the days before",
            median(from_state),
        ),
    ]


def _floor(folder: Path, *options: str) -> float:
    done = timed([sys.executable, "-m", "benchmarks.floor", str(folder), *options])
    return float(json.loads(done.output)["seconds"])


def timed(command: Sequence[str], **variables: str) -> Run:
    """Runs a command to its end. Raises CalledProcessError, with what it said, when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    output, errors = process.communicate()
    seconds = time.monotonic() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return Run(seconds, 0.0, output)
