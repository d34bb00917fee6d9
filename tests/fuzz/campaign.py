"""Many cases, in worker processes of their own: a crash, a hang or a swollen process is a finding like any other."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings.environment import PROJECT

# A case takes a tenth of a second; on a machine that is busy with other things, some.
_HANG = 60
_MOST_MEMORY = 1_500


@dataclass
class Findings:
    """What came out: cases by kind and verdict, the worst of them, and what is wrong."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0
    peak: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many cases were judged."""
        return self.verdicts.total()

    def add(self, verdict: dict[str, Any], seed: int) -> None:
        """Takes a worker's verdict."""
        self.verdicts[verdict["kind"], "accepted" if verdict["accepted"] else "refused"] += 1
        self.seconds, self.peak = max(self.seconds, verdict["cpu"]), max(self.peak, verdict["peak"])
        fault = verdict["fault"] or (f"{verdict['peak']} MB of memory" if verdict["peak"] > _MOST_MEMORY else "")
        if fault:
            what = f"{verdict['kind']}, {verdict['description']}: {verdict['message']}"
            self.faults.append(f"seed {seed}, case {verdict['number']} ({what}): {fault}")

    def __str__(self) -> str:
        lines = [f"{kind:20} {what:10} {count:>7,}" for (kind, what), count in sorted(self.verdicts.items())]
        return "\n".join((*lines, f"most CPU of a case {self.seconds:.1f} s, most memory {self.peak} MB"))


def run_cases(folder: Path, seed: int, cases: range, workers: int = 2) -> Findings:
    """Ingests and judges the cases; the seed and the number in a finding make the same case again."""
    findings = Findings()
    selector = selectors.DefaultSelector()
    share = -(-len(cases) // workers)
    for number in range(workers):
        _start(selector, folder / str(number), seed, cases[number * share : (number + 1) * share])
    while selector.get_map():
        ready = selector.select(_HANG)
        for worker in [key.data for key, _ in ready] or [key.data for key in selector.get_map().values()]:
            for line in worker.lines() if ready else ():
                worker.took(line, findings, seed)
            if not ready or worker.ended:
                worker.end(selector, findings, seed, hung=not ready)
    return findings


class _Worker:
    def __init__(self, folder: Path, seed: int, cases: range) -> None:
        self.folder = folder
        self.cases = cases
        self.begun: int | None = None
        self.ended = False
        self._rest = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.worker", folder, *map(str, (seed, cases.start, cases.stop))],
            cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def lines(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self.ended = not data
        *whole, self._rest = (self._rest + data).split(b"\n")
        return (json.loads(line) for line in whole)

    def took(self, line: dict[str, Any], findings: Findings, seed: int) -> None:
        if "begin" in line:
            self.begun = line["begin"]
        else:
            self.begun = None
            findings.add(line, seed)

    def end(self, selector: selectors.BaseSelector, findings: Findings, seed: int, *, hung: bool) -> None:
        assert self.process.stdout and self.process.stderr
        selector.unregister(self.process.stdout)
        self.process.kill()
        said = self.process.communicate()[1].decode(errors="replace")[-2_000:]
        if self.begun is None and not hung and self.process.returncode == 0:
            return
        what = "hung" if hung else f"ended with {self.process.returncode}"
        findings.faults.append(f"seed {seed}, case {self.begun}: the process {what}\n{said}")
        if self.begun is not None:
            _start(selector, self.folder, seed, range(self.begun + 1, self.cases.stop))


def _start(selector: selectors.BaseSelector, folder: Path, seed: int, cases: range) -> None:
    worker = _Worker(folder, seed, cases)
    assert worker.process.stdout
    selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
