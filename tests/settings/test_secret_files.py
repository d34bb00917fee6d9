"""Secrets in files, as containers get them: read by our settings and by Superset's, below what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.environment import Environment
from settings.secret_files import secrets_in_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "groundup_redis_password").write_text("from a file\n")
    (tmp_path / "groundup_slack_token").write_text("")
    (tmp_path / "mysql_root_password").write_text("another's")
    return tmp_path


def test_a_file_is_a_setting(folder: Path) -> None:
    assert secrets_in_files(folder) == {"GROUNDUP_REDIS_PASSWORD": "from a file", "GROUNDUP_SLACK_TOKEN": ""}
    assert Environment(_secrets_dir=folder).redis_password == "from a file"  # type: ignore[call-arg]


def test_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from superset_config import environment

    monkeypatch.setattr(environment, "secrets_in_files", lambda: secrets_in_files(folder))
    assert environment.setting("GROUNDUP_REDIS_PASSWORD") == "from a file"
    monkeypatch.setenv("GROUNDUP_REDIS_PASSWORD", "set")
    assert environment.setting("GROUNDUP_REDIS_PASSWORD") == "set"
    assert environment.settings_in_force()["GROUNDUP_REDIS_PASSWORD"] == "set"
    assert Environment(_secrets_dir=folder).redis_password == "set"  # type: ignore[call-arg]


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    assert secrets_in_files(tmp_path / "none") == {}
