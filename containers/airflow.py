"""One of Airflow's processes. `python -m containers.airflow SERVICE`; `airflow` prepares for all three first."""

from __future__ import annotations

import os
import sys

from settings.environment import PROJECT, load_environment
from settings.errors import SettingsError
from stack.airflow_server import (
    airflow_variables,
    bring_metadata_up_to_date,
    require_settings,
    server_commands,
    write_airflow_settings,
)
from stack.errors import StackError
from stack.places import places_of
from stack.variables import without_foreign_secrets

_FIRST = "airflow"


def main(service: str) -> None:
    """Prepare, then become the process. Ends with one sentence on stderr when that is impossible."""
    try:
        environment = load_environment()
        places = places_of(environment)
        if service == _FIRST:
            for folder in (places.airflow, places.logs):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_airflow_settings(environment, places)
            bring_metadata_up_to_date(environment, places, lambda text: print(text, flush=True))  # noqa: T201
        require_settings(places)
        command = without_foreign_secrets(environment, service, server_commands(environment)[service])
    except (SettingsError, StackError, OSError) as error:
        sys.exit(str(error))
    os.chdir(PROJECT)
    os.execve(command[0], command, airflow_variables(environment, places))  # noqa: S606 - nothing for a shell to do


if __name__ == "__main__":
    main(sys.argv[1])
