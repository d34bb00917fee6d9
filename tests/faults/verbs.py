"""The command line in processes that can be killed.

They are forked from one that has imported it already: a kill then hits the work, not Python's start.
"""

import functools
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from settings.environment import PROJECT
from tests.conftest import Stack
from tests.faults.traps import Trap, Watch, set_watch

FORKED = multiprocessing.get_context("forkserver")
VERBS = ["groundup.cli", "groundup.ingest", "groundup.load", "groundup.forget", "loaders.warehouse.duckdb_sql"]
FORKED.set_forkserver_preload(["__main__", *VERBS, "stack.lifecycle", "tests.faults.reader", "tests.faults.verbs"])


@dataclass(frozen=True)
class Verb:
    """A call of `groundup`, with the variables and the checkout that it is called with."""

    arguments: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    # A checkout whose staging/ and reports/ are others; None for the project's own.
    loaders: Path | None = None


@dataclass
class Running:
    """A verb at work."""

    process: ForkServerProcess
    started: float
    output: Path
    notes: Path

    @property
    def is_alive(self) -> bool:
        return self.process.is_alive()

    def wait(self, seconds: float = 300) -> int:
        """Its exit status; negative for a signal."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            raise AssertionError(f"groundup does not end within {seconds:.0f} s; it said:\n{self.said()}")
        return self.process.exitcode

    def said(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def killed(self) -> list[str]:
        """Who was killed by the trap."""
        return self.notes.read_text().split() if self.notes.exists() else []

    def counts(self) -> dict[str, int]:
        """How many statements there were, by engine; nothing after a kill."""
        path = self.notes.with_suffix(".counts")
        return json.loads(path.read_text()) if path.exists() else {}


def start(stack: Stack, folder: Path, verb: Verb, trap: Trap | None = None, victims: Sequence[str] = ()) -> Running:
    """Start a verb; with a trap, it kills the victims by itself."""
    output, notes = folder / "output", folder / "notes"
    for path in (output, notes, notes.with_suffix(".counts")):
        path.unlink(missing_ok=True)
    watch = Watch(stack.home, notes, tuple(victims), trap)
    process = FORKED.Process(target=_become, args=(verb, dict(stack.variables), output, watch))
    process.start()
    return Running(process, time.monotonic(), output, notes)


def _become(verb: Verb, variables: dict[str, str], output: Path, watch: Watch) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.chdir(PROJECT)
    os.environ.update(variables)
    os.environ.update(verb.variables)
    sys.argv = ["groundup", *verb.arguments]
    from groundup import cli
    from loaders import inputs

    if verb.loaders:
        inputs.load_catalog = functools.partial(inputs.load_catalog, root=verb.loaders)
    set_watch(watch)
    try:
        cli.main()
    finally:
        watch.note_counts()
