"""Servers of the benchmark's own, beside whatever else runs."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from settings.environment import PROJECT, Environment, load_environment


@contextmanager
def own_mysql(home: Path) -> Iterator[Environment]:
    """The settings of a home in which MySQL alone runs, and empty; it is stopped at the end."""
    with _own(home, "mysql") as environment:
        yield environment


@contextmanager
def own_superset(home: Path) -> Iterator[Environment]:
    """The same with Superset and its dashboards, which have nothing to show yet."""
    with _own(home, "--no-demo") as environment:
        yield environment


@contextmanager
def _own(home: Path, *what: str) -> Iterator[Environment]:
    servers = ("MYSQL", "REDIS", "SUPERSET")
    variables = {
        "GROUNDUP_HOME": str(home),
        **{f"GROUNDUP_{server}_HOST": "127.0.0.1" for server in servers},
        **{f"GROUNDUP_{server}_PORT": str(free_port()) for server in servers},
    }
    with patch.dict(os.environ, variables):
        groundup("up", *what)
        try:
            yield load_environment()
        finally:
            groundup("down")


def groundup(*verb: str) -> None:
    """Runs a verb. Raises RuntimeError when it fails."""
    command = [str(Path(sys.executable).parent / "groundup"), *verb]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"groundup {' '.join(verb)} failed: {done.stderr.strip()}")


def free_port() -> int:
    """A port that nothing listens on."""
    # Below those that the kernel gives to outgoing connections at any moment.
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
