"""A container's health is the service's own word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings.environment import PROJECT
from tests.conftest import Stack, free_port


def ask(service: str, **variables: str) -> int:
    command = [sys.executable, "-m", "containers.alive", service]
    return subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **variables}, stderr=subprocess.DEVNULL, check=False
    ).returncode


@pytest.mark.parametrize("service", ["superset", "worker", "beat", "airflow"])
def test_who_does_not_answer_is_not_alive(service: str) -> None:
    nobody = str(free_port())
    ports = {f"GROUNDUP_{name}_PORT": nobody for name in ("SUPERSET", "REDIS", "AIRFLOW")}
    assert ask(service, GROUNDUP_REDIS_HOST="127.0.0.1", **ports) == 1


def test_superset_is_alive_when_it_serves(stack: Stack, tmp_path: Path) -> None:
    assert ask("superset", **stack.variables) == 0
