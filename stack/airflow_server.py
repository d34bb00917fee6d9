"""Airflow: its environment, its settings, its metadata, its three processes and their health."""

from __future__ import annotations

import base64
import configparser
import hashlib
import hmac
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx

from orchestration.days import zone_of_days
from settings.environment import PROJECT, Environment
from stack.errors import NotInstalledError, ServiceFailedError
from stack.places import Places

_ENVIRONMENT = PROJECT / ".venv-airflow"
_PYTHON = _ENVIRONMENT / "bin" / "python"

# Who may do what, in Airflow's own words.
_ROLES = {"admin": "admin", "analyst": "op", "employee": "viewer"}


def server_commands(environment: Environment) -> dict[str, list[str]]:
    """The command of each of the three processes, by service."""
    airflow = [str(_PYTHON), "-m", "airflow"]
    where = ["--host", environment.airflow_host, "--port", str(environment.airflow_port)]
    return {
        "airflow": [*airflow, "api-server", *where],
        # The page reads the logs where they lie; a server of logs would listen on all addresses.
        "airflow-scheduler": [*airflow, "scheduler", "--skip-serve-logs"],
        "airflow-dags": [*airflow, "dag-processor"],
    }


def is_installed(python: Path = _PYTHON) -> bool:
    """Whether Airflow's environment is there, whole."""
    return python.exists() and (python.parent.parent / ".locked").exists()


def install(on_progress: Callable[[str], None]) -> None:
    """Install Airflow's environment unless it is there. Raises NotInstalledError."""
    if is_installed():
        return
    on_progress("Installing Airflow")
    done = subprocess.run(
        [PROJECT / "requirements/install.sh", "--airflow"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalledError(
            f"Airflow could not be installed ({said[-1] if said else 'no reason was given'}): "
            "run requirements/install.sh --airflow, which says more."
        )


def airflow_settings(environment: Environment, places: Places) -> str:
    """The text of `airflow.cfg`; what it does not name is as Airflow has it. It holds keys."""
    # The metadata are those of one machine, and MariaDB is none of the databases that Airflow supports.
    metadata = f"sqlite:///{metadata_file(places)}?timeout=60"
    sections = {
        "core": {
            "dags_folder": str(PROJECT / "dags"),
            "load_examples": "False",
            "dags_are_paused_at_creation": "False",
            "executor": "LocalExecutor",
            "parallelism": "4",
            "fernet_key": _key(environment, "fernet"),
            "execution_api_server_url": f"{environment.airflow_url}/execution/",
            "simple_auth_manager_users": ",".join(f"{name}:{role}" for name, role in _ROLES.items()),
            "simple_auth_manager_passwords_file": str(_passwords_file(places)),
        },
        "database": {"sql_alchemy_conn": metadata},
        "api": {
            "base_url": environment.airflow_url,
            "secret_key": _key(environment, "sessions"),
        },
        "api_auth": {"jwt_secret": _key(environment, "tokens")},
        "dag_processor": {"parsing_processes": "1"},
        # On a machine that is busy, the server may take its time to answer a task.
        "workers": {"execution_api_timeout": "60"},
        "usage_data_collection": {"enabled": "False"},
    }
    config = configparser.RawConfigParser()
    config.read_dict(sections)
    text = io.StringIO()
    config.write(text)
    return text.getvalue()


def write_airflow_settings(environment: Environment, places: Places) -> None:
    """Write `airflow.cfg` and the accounts' passwords, readable by this account alone."""
    passwords = {name: getattr(environment, f"{name}_password") for name in _ROLES}
    _write_private(places.airflow / "airflow.cfg", airflow_settings(environment, places))
    _write_private(_passwords_file(places), json.dumps(passwords))


def require_settings(places: Places) -> None:
    """Raise NotInstalledError where Airflow was never set up."""
    if not (places.airflow / "airflow.cfg").exists():
        raise NotInstalledError(f"There is no Airflow in {places.airflow} yet: run groundup up airflow.")


def metadata_file(places: Places) -> Path:
    """The database in which Airflow keeps what ran when."""
    return places.airflow / "metadata.sqlite"


def bring_metadata_up_to_date(environment: Environment, places: Places, on_progress: Callable[[str], None]) -> None:
    """Make the metadata, or migrate them to the version that is installed. Raises ServiceFailedError."""
    version = hashlib.sha256((PROJECT / "requirements/airflow.txt").read_bytes()).hexdigest()
    mark = places.airflow / "migrated"
    if metadata_file(places).exists() and mark.exists() and mark.read_text() == version:
        return
    on_progress("Bringing Airflow's metadata up to date")
    log = places.log("airflow")
    with log.open("ab") as output:
        done = subprocess.run(
            [_PYTHON, "-m", "orchestration.metadata"],
            cwd=PROJECT,
            env=airflow_variables(environment, places),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise ServiceFailedError(f"Airflow's metadata in {places.airflow} could not be brought up to date: read {log}.")
    mark.write_text(version)


def airflow_variables(environment: Environment, places: Places) -> dict[str, str]:
    """The environment in which Airflow's own command line works on this state folder."""
    # A date on Airflow's command line is a day of the data.
    zone = zone_of_days(environment.sources_file)
    return {
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": zone,
        **os.environ,
        **environment.as_variables(),
        "PYTHONPATH": str(PROJECT),
        "AIRFLOW_HOME": str(places.airflow),
    }


def airflow_command(arguments: list[str]) -> list[str]:
    """Airflow's own command line. Raises NotInstalledError."""
    if not is_installed():
        raise NotInstalledError(f"Airflow is not installed in {_ENVIRONMENT}: run groundup up airflow.")
    return [str(_PYTHON), "-m", "airflow", *arguments]


def airflow_is_healthy(environment: Environment, service: str) -> bool:
    """Whether Airflow's server answers and the process in question has said of late that it lives."""
    try:
        answer = httpx.get(f"{environment.airflow_url}/api/v2/monitor/health", timeout=10, trust_env=False)
        health = answer.json()
    except (httpx.HTTPError, OSError, ValueError):
        return False
    part = {"airflow": "metadatabase", "airflow-scheduler": "scheduler", "airflow-dags": "dag_processor"}[service]
    return answer.status_code == httpx.codes.OK and (health.get(part) or {}).get("status") == "healthy"


def _key(environment: Environment, purpose: str) -> str:
    """A key of 32 bytes for one purpose, in base64, as Fernet wants it."""
    derived = hmac.digest(environment.airflow_secret_key.encode(), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(derived).decode()


def _passwords_file(places: Places) -> Path:
    return places.airflow / "passwords.json"


def _write_private(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
