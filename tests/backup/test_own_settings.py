"""Settings go into a backup without what is secret; secrets go into a file of their own."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from backup.errors import UnfitError
from backup.own_settings import differing, keep_secrets, kept_secrets, settings_in, without_secrets
from settings.environment import SECRETS
from tests.stack.conftest import environment_in

DOTENV = """\
# the old password was hunter1
GROUNDUP_MYSQL_PORT=3307
GROUNDUP_ADMIN_PASSWORD=hunter2
export GROUNDUP_SMTP_PASSWORD='hunter3'
GROUNDUP_ALERT_WEBHOOK=https://hooks.example/hunter4
GROUNDUP_SUPERSET_SECRET_KEY=hunter5
GROUNDUP_BIGQUERY_ENDPOINT=http://me:hunter6@127.0.0.1:9050
AWS_ACCESS=hunter7
  GROUNDUP_ALERT_MAIL_TO = data-team@example.com
"""


def test_only_settings_that_are_no_secret_are_kept_of_a_dotenv() -> None:
    assert without_secrets(DOTENV) == "GROUNDUP_MYSQL_PORT=3307\n  GROUNDUP_ALERT_MAIL_TO = data-team@example.com\n"


def test_the_secrets_in_force_are_kept_by_themselves(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, smtp_password="hunter3")
    path = tmp_path / "secrets.env"
    path.write_text("readable by all")
    path.chmod(0o644)
    keep_secrets(environment, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "GROUNDUP_SMTP_PASSWORD=hunter3\n" in path.read_text()
    assert kept_secrets(path) == {name: environment.as_variables()[name] for name in SECRETS}


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"PASSWORD=1\n"])
def test_a_file_without_secrets_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.env"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnfitError, match="holds no secrets of this project"):
        kept_secrets(path)


def test_settings_that_are_not_those_of_the_project_are_named(tmp_path: Path) -> None:
    sources, metrics = tmp_path / "sources.yaml", tmp_path / "metrics.yaml"
    sources.write_text("sources: {}\n")
    metrics.write_text("activity: {}\n")
    environment = environment_in(tmp_path, sources_file=sources, metrics_file=metrics)
    kept = settings_in(environment)
    assert differing(kept, environment) == []
    metrics.write_text("activity: {mau_days: 30}\n")
    assert differing(kept, environment) == ["metrics.yaml"]
