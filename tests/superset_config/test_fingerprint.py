from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import superset_config
from superset_config.accounts import ACCOUNTS
from superset_config.fingerprint import ACCOUNTS as ACCOUNTS_STEP
from superset_config.fingerprint import MIGRATIONS, ROLES, STEPS, fingerprints, outdated


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the configuration, to change."""
    return Path(shutil.copytree(Path(superset_config.__file__).parent, tmp_path / "superset_config"))


@pytest.fixture
def wanted(package: Path) -> Callable[..., dict[str, str]]:
    def compute(version: str = "6.1.0", secret: str = "secret") -> dict[str, str]:
        return fingerprints(version=version, package=package, accounts=ACCOUNTS, secret=secret)

    return compute


def test_nothing_is_due_when_nothing_changed(wanted: Callable[..., dict[str, str]]) -> None:
    assert outdated(wanted(), wanted(), is_complete=True) == ()


def test_everything_is_due_in_an_empty_database(wanted: Callable[..., dict[str, str]]) -> None:
    assert outdated(wanted(), {}, is_complete=False) == STEPS


def test_everything_is_due_when_the_database_lost_what_its_fingerprints_promise(
    wanted: Callable[..., dict[str, str]],
) -> None:
    assert outdated(wanted(), wanted(), is_complete=False) == STEPS


def test_a_new_superset_does_everything(wanted: Callable[..., dict[str, str]]) -> None:
    assert outdated(wanted(version="6.2.0"), wanted(), is_complete=True) == STEPS


def test_other_roles_are_written_and_the_tables_left_alone(
    package: Path, wanted: Callable[..., dict[str, str]]
) -> None:
    before = wanted()
    with (package / "assets_roles.py").open("a") as file:
        file.write("\n# changed\n")
    assert outdated(wanted(), before, is_complete=True) == (ROLES, ACCOUNTS_STEP)


def test_another_look_is_nothing_to_prepare(package: Path, wanted: Callable[..., dict[str, str]]) -> None:
    before = wanted()
    (package / "look.py").write_text("APP_NAME = 'Other'")
    assert outdated(wanted(), before, is_complete=True) == ()


def test_another_password_only_touches_the_accounts(
    wanted: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = wanted()
    monkeypatch.setenv("GROUNDUP_ANALYST_PASSWORD", "another one")
    assert outdated(wanted(), before, is_complete=True) == (ACCOUNTS_STEP,)


def test_a_fingerprint_says_nothing_without_the_secret_key(wanted: Callable[..., dict[str, str]]) -> None:
    assert set(wanted().values()).isdisjoint(wanted(secret="another").values())
    assert wanted()[MIGRATIONS] != wanted()[ROLES]
