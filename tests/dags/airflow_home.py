"""Scripts in Airflow's environment, on the Airflow of a home."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from settings.environment import PROJECT
from stack.airflow_server import airflow_variables, bring_metadata_up_to_date, write_airflow_settings
from stack.places import places_of, prepare
from tests.conftest import Stack

PYTHON = PROJECT / ".venv-airflow/bin/python"


def set_up(stack: Stack) -> None:
    """Airflow's settings and metadata, without its processes."""
    places = places_of(stack.environment)
    prepare(places)
    write_airflow_settings(stack.environment, places)
    bring_metadata_up_to_date(stack.environment, places, lambda _: None)


def run_script(stack: Stack, name: str, *arguments: str, **variables: str) -> Any:
    """The JSON of the last line that a script of this folder prints."""
    known = airflow_variables(stack.environment, places_of(stack.environment))
    done = subprocess.run(
        [PYTHON, Path(__file__).parent / name, *arguments],
        cwd=PROJECT,
        env={**known, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])
