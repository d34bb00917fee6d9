"""Settings: documented one by one, generated once, kept to their owner."""

import re
import stat
from pathlib import Path

import pytest

from settings.environment import PROJECT, SECRETS, Environment, generate_secrets, load_environment
from settings.errors import SettingsError

DOCUMENTED = set(re.findall(r"^#?(GROUNDUP_[A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_one_exists():
    assert {f"GROUNDUP_{name.upper()}" for name in Environment.model_fields} == DOCUMENTED


def test_every_variable_named_in_the_code_is_documented():
    named = set()
    for path in PROJECT.glob("*/**/*.py"):
        if path.relative_to(PROJECT).parts[0] in {
            "groundup",
            "loaders",
            "settings",
            "stack",
            "superset_sync",
            "orchestration",
            "dags",
        }:
            named |= set(re.findall(r"GROUNDUP_[A-Z_]*[A-Z]", path.read_text()))
    assert named <= DOCUMENTED


def test_superset_reads_only_documented_variables():
    texts = [path.read_text() for path in (PROJECT / "superset_config").glob("*.py")]
    assert set(re.findall(r"GROUNDUP_[A-Z_]*[A-Z]", "".join(texts))) <= DOCUMENTED


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_secrets_are_generated_once_for_their_owner_alone(home):
    first = generate_secrets(load_environment())
    again = generate_secrets(load_environment())
    assert first == again
    assert stat.S_IMODE((home / "secrets.env").stat().st_mode) == 0o600
    values = [getattr(first, name.removeprefix("GROUNDUP_").lower()) for name in SECRETS]
    assert all(len(value) >= 16 for value in values)
    assert len(set(values)) == len(values)


def test_the_environment_wins_over_what_was_generated(home, monkeypatch):
    generate_secrets(load_environment())
    monkeypatch.setenv("GROUNDUP_ADMIN_PASSWORD", "chosen")
    assert load_environment().admin_password == "chosen"


def test_a_wrong_value_is_named(monkeypatch):
    monkeypatch.setenv("GROUNDUP_MYSQL_PORT", "seven")
    with pytest.raises(SettingsError, match="GROUNDUP_MYSQL_PORT is not valid"):
        load_environment()


def test_a_home_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SettingsError, match=r"home.* cannot be (written|read)"):
        generate_secrets(load_environment())


def test_the_logo_is_a_small_picture_that_is_there(monkeypatch, tmp_path):
    logo = tmp_path / "logo.svg"
    for name, content, why in (
        ("logo.svg", None, "there is no file"),
        ("logo.gif", b"GIF89a", "is no picture of the kinds"),
        ("large.png", b"x" * 200_001, "is larger than 200 kB"),
    ):
        if content:
            (tmp_path / name).write_bytes(content)
        monkeypatch.setenv("GROUNDUP_COMPANY_LOGO", str(tmp_path / name))
        with pytest.raises(SettingsError, match=f"GROUNDUP_COMPANY_LOGO is not valid: .*{why}"):
            load_environment()
    logo.write_text("<svg/>")
    monkeypatch.setenv("GROUNDUP_COMPANY_LOGO", str(logo))
    assert load_environment().company_logo == logo


def test_a_key_for_sql_lab_must_be_there_and_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE", "key.json")
    with pytest.raises(SettingsError, match=r"GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE is not valid.*no file"):
        load_environment()
    (tmp_path / "key.json").write_text("{}")
    assert load_environment().sqllab_bigquery_credentials_file == tmp_path / "key.json"


def test_sql_lab_has_no_bigquery_until_a_project_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_environment().sqllab_bigquery_project == ""
    monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_PROJECT", "acme/../other?x=1")
    with pytest.raises(SettingsError, match="GROUNDUP_SQLLAB_BIGQUERY_PROJECT is not valid"):
        load_environment()
