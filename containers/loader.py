"""The loader: the reports, the demo where there is no data yet, the dashboards; then a load every hour.

`python -m containers.loader`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from loaders.errors import LoaderError
from loaders.first_run import load_demo_if_empty, make_store
from settings.environment import PROJECT, Environment, load_environment
from settings.errors import SettingsError
from stack.superset_server import superset_is_healthy
from superset_sync.apply import publish, read_source
from superset_sync.errors import SyncError

# There when the reports are loaded and the dashboards published; the container's health.
READY = Path("/tmp/ready")  # noqa: S108 - the container's own
_BETWEEN_LOADS_SECONDS = 3600
_SUPERSET_SECONDS = 600
_POLL_SECONDS = 1.0
_GROUNDUP = Path(sys.executable).parent / "groundup"


def main() -> None:
    """Works until told to end. Ends with one sentence on stderr when the reports or the dashboards cannot be made."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    READY.unlink(missing_ok=True)
    try:
        environment = load_environment()
        make_store(environment)
        if environment.warehouse == "duckdb":
            load_demo_if_empty(environment, _say)
        wait_for_superset(environment)
        conflict = publish(environment, read_source(PROJECT), _say)
        if conflict:
            _say(f"The dashboards were left alone. {conflict}")
    except (LoaderError, SettingsError, SyncError, TimeoutError) as error:
        sys.exit(str(error))
    READY.touch()
    _say("The reports are loaded and the dashboards are published.")
    while True:
        time.sleep(_BETWEEN_LOADS_SECONDS)
        # At BigQuery, a load costs money: it is asked for by name.
        if environment.warehouse == "duckdb":
            load()


def wait_for_superset(environment: Environment) -> None:
    """Return when Superset serves requests. Raises TimeoutError."""
    deadline = time.monotonic() + _SUPERSET_SECONDS
    while not superset_is_healthy(environment):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Superset did not answer within {_SUPERSET_SECONDS} s: docker compose logs superset.")
        time.sleep(_POLL_SECONDS)


def load() -> None:
    """`groundup load`, in a process of its own, which gives all of its memory back. What it says goes to the log."""
    with subprocess.Popen([_GROUNDUP, "load"], stdin=subprocess.DEVNULL) as process:
        try:
            process.wait()
        except BaseException:
            process.terminate()
            raise


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the container's log


if __name__ == "__main__":
    main()
