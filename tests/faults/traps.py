"""Kills at the very statement: inside the process that runs a verb, around what it says to MySQL and to DuckDB."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pymysql

from loaders.warehouse import duckdb as warehouse
from tests.faults.victims import kill_by_pid_file

Engine = Literal["mysql", "duckdb"]
Phase = Literal["before", "during", "after"]


@dataclass(frozen=True)
class Trap:
    """Kill the victim around a statement: the `number`th to the engine that contains `text`, counted from 0.

    During a statement means `delay` seconds after its start.
    """

    engine: Engine
    phase: Phase
    number: int
    delay: float = 0.0
    text: str = ""


@dataclass
class Watch:
    """Counts the statements, and springs the trap at the one that is meant."""

    home: Path
    notes: Path
    victims: tuple[str, ...] = ()
    trap: Trap | None = None
    seen: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def around(self, engine: Engine, statement: str) -> Iterator[None]:
        """A statement to that engine."""
        trap = self.trap if self._is_meant(engine, statement) else None
        self.seen[engine] += 1
        if trap and trap.phase == "before":
            self.spring()
        if trap and trap.phase == "during":
            threading.Thread(target=self._spring_after, args=(trap.delay,), daemon=True).start()
        yield
        if trap and trap.phase == "after":
            self.spring()

    def _is_meant(self, engine: Engine, statement: str) -> bool:
        if not self.trap or engine != self.trap.engine or self.trap.text not in statement:
            return False
        self.seen["such"] += 1
        return self.seen["such"] == self.trap.number + 1

    def spring(self) -> None:
        """Note the hit and kill; this process comes last, since nothing happens after that."""
        for victim in sorted(self.victims, key="groundup".__eq__):
            with self.notes.open("a") as notes:
                notes.write(f"{victim}\n")
            if victim == "groundup":
                os.kill(os.getpid(), 9)
            kill_by_pid_file(self.home, victim)

    def _spring_after(self, seconds: float) -> None:
        time.sleep(seconds)
        self.spring()

    def note_counts(self) -> None:
        """Leave behind how many statements there were."""
        self.notes.with_suffix(".counts").write_text(json.dumps(self.seen))


class _Watched:
    """A DuckDB connection whose statements are watched."""

    def __init__(self, connection: Any, watch: Watch) -> None:
        self._connection, self._watch = connection, watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in ("execute", "executemany", "sql", "close"):
            return found

        def watched(*arguments: Any, **named: Any) -> Any:
            with self._watch.around("duckdb", str(arguments[0]) if arguments else name):
                return found(*arguments, **named)

        return watched


def set_watch(watch: Watch) -> None:
    """Watch all statements of this process from now on."""
    open_file = warehouse.open_file
    warehouse.open_file = lambda *given, **named: _Watched(open_file(*given, **named), watch)
    for name in ("query", "commit"):
        _watch_mysql(name, watch)


def _watch_mysql(name: str, watch: Watch) -> None:
    original: Callable[..., Any] = getattr(pymysql.connections.Connection, name)

    def watched(self: Any, sql: Any = "COMMIT", *rest: Any, **named: Any) -> Any:
        text = sql.decode(errors="replace") if isinstance(sql, bytes) else str(sql)
        with watch.around("mysql", text):
            return original(self, sql, *rest, **named) if name == "query" else original(self)

    setattr(pymysql.connections.Connection, name, watched)
