"""Starting Superset when something is missing: one sentence, and where the traceback is wanted, the traceback."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import Any

import pytest

from settings.environment import PROJECT

PYTHON = PROJECT / ".venv-superset" / "bin" / "python"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=".venv-superset is not installed")


def boot(stack: Any, **changed: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, **stack.environment.as_variables(), **changed}
    return subprocess.run(
        [PYTHON, "-m", "superset_config.boot"],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def nobody() -> str:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    return line


def test_a_port_in_use(stack: Any) -> None:
    port = stack.environment.superset_port
    assert only_line(boot(stack)).startswith(f"Superset cannot listen on 127.0.0.1:{port} (")


def test_no_redis(stack: Any, nobody: str) -> None:
    line = only_line(boot(stack, GROUNDUP_SUPERSET_PORT=nobody, GROUNDUP_REDIS_PORT=nobody))
    assert line.startswith(f"Redis at 127.0.0.1:{nobody} does not answer (")


def test_no_database(stack: Any, nobody: str) -> None:
    line = only_line(boot(stack, GROUNDUP_SUPERSET_PORT=nobody, GROUNDUP_MYSQL_PORT=nobody))
    assert line.startswith(f"Superset's metadata database at 127.0.0.1:{nobody} does not answer (")


def test_a_wrong_password(stack: Any, nobody: str) -> None:
    line = only_line(boot(stack, GROUNDUP_SUPERSET_PORT=nobody, GROUNDUP_MYSQL_SUPERSET_PASSWORD="wrong"))
    assert "does not let groundup_superset in" in line


def test_the_traceback_comes_when_asked_for(stack: Any, nobody: str) -> None:
    result = boot(stack, GROUNDUP_SUPERSET_PORT=nobody, GROUNDUP_MYSQL_PORT=nobody, GROUNDUP_DEBUG="1")
    assert result.returncode == 1
    assert "Traceback" in result.stderr
