"""Each service gets its own secrets and no others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from settings.environment import SECRETS
from stack.places import Places
from stack.supervisord import child_variables
from stack.variables import foreign_secrets, without_foreign_secrets
from tests.stack.conftest import environment_in


def seen_by(service: str, tmp_path: Path) -> dict[str, str]:
    """What a process started as this service finds in its environment."""
    environment = environment_in(tmp_path)
    variables = child_variables(environment, Places(tmp_path), {"PATH": "/usr/bin:/bin"})
    command = without_foreign_secrets(environment, service, ["env", "-0"])
    text = subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in text.split("\0") if line)


@pytest.mark.parametrize("service", ["mysql", "redis"])
def test_a_server_without_use_for_a_secret_gets_none(service: str, tmp_path: Path) -> None:
    seen = seen_by(service, tmp_path)
    assert not set(SECRETS) & seen.keys()
    assert not [name for name, value in seen.items() if "secret-" in value]
    assert seen["GROUNDUP_HOME"] == str(tmp_path)


def test_superset_cannot_write_reports_nor_enter_airflow(tmp_path: Path) -> None:
    seen = seen_by("superset", tmp_path)
    assert "GROUNDUP_MYSQL_READER_PASSWORD" in seen
    assert not {"GROUNDUP_MYSQL_LOADER_PASSWORD", "GROUNDUP_AIRFLOW_SECRET_KEY"} & seen.keys()


def test_superset_is_not_told_of_the_key_that_writes_at_bigquery(tmp_path: Path) -> None:
    seen = seen_by("superset", tmp_path)
    assert "GROUNDUP_BIGQUERY_CREDENTIALS_FILE" not in seen
    assert "GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE" in seen
    assert "GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE" not in seen_by("mysql", tmp_path)


def test_airflows_server_holds_nobody_elses(tmp_path: Path) -> None:
    assert set(SECRETS) & seen_by("airflow", tmp_path).keys() == {"GROUNDUP_AIRFLOW_SECRET_KEY"}


def test_a_new_service_gets_no_secret_until_somebody_says_which(tmp_path: Path) -> None:
    assert set(SECRETS) <= set(foreign_secrets(environment_in(tmp_path), "new"))


def test_the_command_itself_is_what_runs(tmp_path: Path) -> None:
    command = without_foreign_secrets(environment_in(tmp_path), "mysql", ["sh", "-c", "echo $$"])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate()[0].strip() == str(process.pid)
