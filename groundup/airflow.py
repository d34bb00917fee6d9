"""`groundup airflow`: Airflow's own command line, on this stack's settings."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from settings.environment import PROJECT, load_environment
from stack.airflow_server import airflow_command, airflow_variables, require_settings
from stack.places import places_of


def airflow(
    arguments: Annotated[list[str], typer.Argument(metavar="COMMAND…", help="What Airflow is told.")],
) -> None:
    """Run Airflow's own command line on the Airflow that `groundup up airflow` has set up.

    Example: groundup airflow backfill create --dag-id daily --from-date 2026-11-01 --to-date 2026-11-07
    """
    environment = load_environment()
    places = places_of(environment)
    require_settings(places)
    command = airflow_command(arguments)
    os.chdir(PROJECT)
    os.execve(command[0], command, airflow_variables(environment, places))  # noqa: S606 - none is wanted
