"""A whole stack for the tests that need one: own home, own ports, a demo that is always the same."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from settings.environment import PROJECT, Environment, load_environment

GROUNDUP = Path(sys.executable).parent / "groundup"


def free_port() -> int:
    """A port that nothing listens on, below those that the kernel gives to outgoing connections at any moment."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@dataclass(frozen=True)
class Stack:
    """A home with its own ports, and the command line on it."""

    home: Path
    variables: dict[str, str]

    @property
    def environment(self) -> Environment:
        """The settings in force there, generated passwords included."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            return load_environment()

    @property
    def shell_variables(self) -> dict[str, str]:
        """For a shell in which `groundup` is this project's."""
        return {**os.environ, **self.variables, "PATH": f"{GROUNDUP.parent}:{os.environ['PATH']}"}

    def run(self, *arguments: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a verb as a user would, in the project's folder."""
        result = subprocess.run(
            [GROUNDUP, *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if check:
            assert result.returncode == 0, f"groundup {' '.join(arguments)}: {result.stdout}\n{result.stderr}"
        return result


def new_stack(home: Path) -> Stack:
    """A home that nothing has been started in yet."""
    ports = {f"GROUNDUP_{name}_PORT": str(free_port()) for name in ("MYSQL", "REDIS", "SUPERSET", "AIRFLOW")}
    return Stack(home, {"GROUNDUP_HOME": str(home), **ports})


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that goes with its module: a server takes hundreds of megabytes. What failed leaves it, to be read."""
    folder = tmp_path_factory.mktemp("module")
    yield folder
    if not request.session.testsfailed:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A home with MySQL alone, its reports empty."""
    stack = new_stack(tmp_path_factory.mktemp("store"))
    stack.run("up", "mysql")
    yield stack
    stack.run("down", check=False)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A home with everything: 60 days of a demo of 2,000 users, loaded and published."""
    stack = new_stack(tmp_path_factory.mktemp("stack"))
    stack.run("up", "--no-demo")
    stack.run("demo", "--users", "2000", "--end", "2026-10-31")
    stack.run("load")
    yield stack
    stack.run("down", check=False)
