"""The newest load and the last one that succeeded, noted in the state folder: readable while nothing runs."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["unfinished", "done", "failed"]


@dataclass(frozen=True)
class Attempt:
    """A load; times in UTC. One that is `unfinished` is at work, or its process died."""

    run: str
    outcome: Outcome
    started: dt.datetime
    seconds: float = 0.0
    rows: int = 0
    error: str = ""


@dataclass(frozen=True)
class Journal:
    """Which load was the newest, and which the last to succeed, in the order in which they were noted."""

    newest: Attempt | None = None
    success: Attempt | None = None


def journal_file(home: Path) -> Path:
    """Where the journal of a state folder lies."""
    return home / "last_load.json"


def read_journal(home: Path) -> Journal:
    """What was noted last; nothing where nothing was, or where the file cannot be read."""
    try:
        stored = json.loads(journal_file(home).read_text(encoding="utf-8"))
        return Journal(_attempt(stored["newest"]), _attempt(stored["success"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Journal()


@contextmanager
def noted(home: Path, run: str, rows: Callable[[], int]) -> Iterator[None]:
    """Notes that a load is at work, and at its end what became of it. `rows` gives how many rows it has stored."""
    before = read_journal(home)
    attempt = Attempt(run, "unfinished", dt.datetime.now(dt.UTC))
    _write(home, replace(before, newest=attempt))
    began = time.monotonic()
    try:
        yield
    except BaseException as error:
        failed = replace(attempt, outcome="failed", seconds=time.monotonic() - began, error=_sentence(error))
        _write(home, replace(before, newest=failed))
        raise
    done = replace(attempt, outcome="done", seconds=time.monotonic() - began, rows=rows())
    _write(home, Journal(done, done))


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "It was interrupted."
    text = str(error) or type(error).__name__
    return text.splitlines()[0]


def _write(home: Path, journal: Journal) -> None:
    # A load whose note cannot be written is a load all the same, and its own error is the one to be seen.
    with suppress(OSError):
        draft = journal_file(home).with_suffix(f".{os.getpid()}.new")
        try:
            draft.write_text(json.dumps(asdict(journal), default=str), encoding="utf-8")
            draft.replace(journal_file(home))
        finally:
            draft.unlink(missing_ok=True)


def _attempt(stored: dict[str, Any] | None) -> Attempt | None:
    if stored is None:
        return None
    return Attempt(**{**stored, "started": dt.datetime.fromisoformat(stored["started"])})
