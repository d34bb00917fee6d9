"""What a manifest tells of programs and keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backup.keys import AIRFLOW, SUPERSET, check_of, encrypted_in_airflow, is_the_key, missing_key
from backup.manifest import airflow_version, newer_than_here
from tests.backup.archives import manifest_of
from tests.stack.conftest import environment_in

HERE = {"Ground Up": "0.1.0", "Superset": "6.1.0", "Airflow": "3.3.2"}


@pytest.mark.parametrize(
    ("project", "superset", "airflow", "newer"),
    [
        ("0.1.0", "6.1.0", None, None),
        ("0.1.0", "6.0.9", "2.11.0", None),
        ("0.2.0", "6.1.0", None, "Ground Up 0.2.0, and here is 0.1.0"),
        ("0.1.0", "6.10.0", None, "Superset 6.10.0, and here is 6.1.0"),
        ("0.1.0", "6.1.0", "3.3.10", "Airflow 3.3.10, and here is 3.3.2"),
    ],
)
def test_what_was_made_by_something_newer_is_found(project, superset, airflow, newer) -> None:
    manifest = manifest_of({}, project=project, superset=superset, airflow=airflow)
    assert newer_than_here(manifest, HERE) == newer


def test_the_version_of_airflow_is_that_of_the_locked_file() -> None:
    assert [part.isdigit() for part in airflow_version().split(".")] == [True, True, True]


def test_a_key_is_known_again_and_not_told() -> None:
    check = check_of("the key", 1)
    assert is_the_key("the key", check)
    assert not is_the_key("the kez", check)
    assert "the key" not in check.model_dump_json()
    assert check_of("the key", 1).digest != check.digest


def test_a_key_is_missing_only_where_something_hangs_on_it(tmp_path: Path) -> None:
    environment = environment_in(tmp_path)
    right = check_of(environment.superset_secret_key, 3)
    assert missing_key(manifest_of({}, keys={SUPERSET: right}), environment) is None
    assert missing_key(manifest_of({}, keys={SUPERSET: check_of("another", 0)}), environment) is None
    assert missing_key(manifest_of({}, keys={SUPERSET: right, AIRFLOW: check_of("another", 1)}), environment) == AIRFLOW


def test_what_airflow_has_encrypted_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "metadata.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE connection (is_encrypted BOOLEAN, is_extra_encrypted BOOLEAN)")
        connection.execute("CREATE TABLE variable (is_encrypted BOOLEAN)")
        connection.executemany("INSERT INTO connection VALUES (?, ?)", [(0, 0), (1, 0), (1, 1), (0, 1)])
        connection.executemany("INSERT INTO variable VALUES (?)", [(0,), (1,)])
        connection.commit()
    assert encrypted_in_airflow(path) == 4
