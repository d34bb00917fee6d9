"""bqemulator, started for the tests, with a project that is empty at first."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from settings.environment import PROJECT
from tests.conftest import free_port

PYTHON = PROJECT / ".venv-bqemulator" / "bin" / "python"
LAUNCHER = Path(__file__).parent / "launch_bqemulator.py"


@contextmanager
def running_emulator(log: Path) -> Iterator[str]:
    """The address of an emulator that ends with the context."""
    if not PYTHON.exists():
        pytest.fail("bqemulator is not installed; requirements/install.sh --dev does it.")
    port = free_port()
    with log.open("w") as output:
        command = [PYTHON, LAUNCHER, "start", "--ephemeral", "--rest-port", str(port), "--grpc-port", str(free_port())]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.kill()
            process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{address}/bigquery/v2/projects", timeout=5)
        except httpx.TransportError:
            assert process.poll() is None, log.read_text()[-2000:]
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text()[-2000:])
