from __future__ import annotations

import base64
import configparser
import json
import re
from pathlib import Path

import pytest

from stack.airflow_server import (
    airflow_settings,
    airflow_variables,
    is_installed,
    require_settings,
    server_commands,
    write_airflow_settings,
)
from stack.errors import NotInstalledError
from stack.places import Places
from tests.stack.conftest import environment_in


def parsed(text: str) -> configparser.RawConfigParser:
    config = configparser.RawConfigParser()
    config.read_string(text)
    return config


def test_each_key_is_another_and_hangs_on_the_secret(tmp_path: Path) -> None:
    places = Places(tmp_path)
    texts = [airflow_settings(environment_in(tmp_path, airflow_secret_key=key), places) for key in ("one", "two")]
    keys = [
        (config["core"]["fernet_key"], config["api"]["secret_key"], config["api_auth"]["jwt_secret"])
        for config in map(parsed, texts)
    ]
    assert len({key for of_one in keys for key in of_one}) == 6
    assert all(len(base64.urlsafe_b64decode(key)) == 32 for of_one in keys for key in of_one)


def test_settings_and_passwords_are_readable_by_this_account_alone(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.airflow.mkdir()
    environment = environment_in(tmp_path)
    write_airflow_settings(environment, places)
    assert {path.name: path.stat().st_mode & 0o777 for path in places.airflow.iterdir()} == {
        "airflow.cfg": 0o600,
        "passwords.json": 0o600,
    }
    passwords = json.loads((places.airflow / "passwords.json").read_text())
    assert passwords == {name: getattr(environment, f"{name}_password") for name in ("admin", "analyst", "employee")}


def test_everything_stays_on_this_machine_and_in_this_home(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, airflow_port=4711)
    config = parsed(airflow_settings(environment, Places(tmp_path)))
    assert config["core"]["execution_api_server_url"] == "http://127.0.0.1:4711/execution/"
    assert config["database"]["sql_alchemy_conn"].startswith(f"sqlite:///{tmp_path}/airflow/")
    assert config["usage_data_collection"]["enabled"] == "False"
    commands = server_commands(environment)
    assert commands["airflow"][-4:] == ["--host", "127.0.0.1", "--port", "4711"]
    # It would serve the logs on all addresses.
    assert "--skip-serve-logs" in commands["airflow-scheduler"]


def test_a_date_on_its_command_line_is_a_day_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW__CORE__DEFAULT_TIMEZONE", raising=False)
    (tmp_path / "sources.yaml").write_text("sources: {app: {schema: ga4, timezone: Asia/Seoul}}")
    environment = environment_in(tmp_path, sources_file=tmp_path / "sources.yaml")
    variables = airflow_variables(environment, Places(tmp_path))
    assert variables["AIRFLOW__CORE__DEFAULT_TIMEZONE"] == "Asia/Seoul"


def test_what_is_not_set_up_or_half_installed_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledError, match=re.escape("run groundup up airflow")):
        require_settings(Places(tmp_path))
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    assert not is_installed(python)
    (tmp_path / ".locked").touch()
    assert is_installed(python)
