"""The boot work's memory in the metadata database, on a real server whose `superset` database is empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from superset_config.ledger import Ledger, open_ledger


@pytest.fixture
def cursor(store: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in store.environment.as_variables().items():
        monkeypatch.setenv(name, value)
    connection = pymysql.connect(
        host=store.environment.mysql_host,
        port=store.environment.mysql_port,
        user="groundup_superset",
        password=store.environment.mysql_superset_password,
        database="superset",
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        _empty(cursor)
        yield cursor
        _empty(cursor)


def _empty(cursor: Any) -> None:
    cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
    for table in _tables(cursor):
        cursor.execute(f"DROP TABLE `{table}`")


def _tables(cursor: Any) -> list[str]:
    cursor.execute("SHOW TABLES")
    return [name for (name,) in cursor.fetchall()]


def test_remembers_what_was_done_with_which_fingerprint(cursor: Any) -> None:
    with open_ledger() as ledger:
        assert ledger.fingerprints() == {}
        ledger.record("roles", "a")
        ledger.record("roles", "b")
    with open_ledger() as ledger:
        assert ledger.fingerprints() == {"roles": "b"}


def test_an_empty_database_is_not_complete(cursor: Any) -> None:
    assert not Ledger(cursor).is_complete()


def test_complete_means_tables_accounts_and_roles_with_permissions(cursor: Any) -> None:
    cursor.execute("CREATE TABLE alembic_version (version_num INT)")
    cursor.execute("CREATE TABLE ab_user (id INT, username VARCHAR(64))")
    cursor.execute("CREATE TABLE ab_role (id INT, name VARCHAR(64))")
    cursor.execute("CREATE TABLE ab_user_role (user_id INT, role_id INT)")
    cursor.execute("CREATE TABLE ab_permission_view_role (role_id INT)")
    cursor.execute("INSERT INTO alembic_version VALUES (1)")
    cursor.execute("INSERT INTO ab_user VALUES (1, 'admin'), (2, 'analyst'), (3, 'employee'), (4, 'reporter')")
    cursor.execute("INSERT INTO ab_role VALUES (1, 'Admin'), (2, 'Analyst'), (3, 'Employee')")
    cursor.execute("INSERT INTO ab_user_role VALUES (1, 1), (2, 2), (3, 3), (4, 3)")
    cursor.execute("INSERT INTO ab_permission_view_role VALUES (1), (2), (3)")
    ledger = Ledger(cursor)
    assert ledger.is_complete()
    for loss in (
        "DELETE FROM ab_permission_view_role WHERE role_id = 3",
        "DELETE FROM ab_user WHERE id = 2",
        "DELETE FROM alembic_version",
        "DROP TABLE ab_role",
    ):
        cursor.execute(loss)
        assert not ledger.is_complete(), loss


def test_an_interrupted_first_migration_is_cleared_away(cursor: Any) -> None:
    ledger = Ledger(cursor)
    ledger.begin_migration()
    cursor.execute("CREATE TABLE half_done (id INT PRIMARY KEY)")
    cursor.execute("CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES half_done (id))")
    ledger.begin_migration()
    assert _tables(cursor) == ["groundup_assets", "groundup_boot"]


def test_a_database_that_was_in_use_is_never_cleared(cursor: Any) -> None:
    ledger = Ledger(cursor)
    ledger.begin_migration()
    cursor.execute("CREATE TABLE dashboards (id INT)")
    ledger.end_migration()
    ledger.begin_migration()
    ledger.begin_migration()
    assert _tables(cursor) == ["dashboards", "groundup_assets", "groundup_boot"]
