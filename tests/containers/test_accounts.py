"""MySQL's accounts, made by whoever has the administrator's password and comes from another machine."""

from __future__ import annotations

from pathlib import Path

import pymysql
import pytest

from containers.accounts import put_accounts_in_place
from settings.environment import READER, REPORTS_DATABASE, Environment
from settings.errors import SettingsError
from stack.mysql_server import connect_as_administrator
from stack.places import places_of
from tests.conftest import Stack


@pytest.fixture
def administrator(store: Stack, tmp_path: Path) -> Path:
    """The file with the password; the account comes by TCP, as from another container."""
    with connect_as_administrator(places_of(store.environment)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE USER 'root'@'127.0.0.1' IDENTIFIED BY 'open sesame'")
        cursor.execute("GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION")
    file = tmp_path / "mysql_root_password"
    file.write_text("open sesame\n")
    return file


def accounts_from_anywhere(environment: Environment) -> dict[str, str]:
    with connect_as_administrator(places_of(environment)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT user FROM mysql.user WHERE host = '%' AND user LIKE 'groundup%'")
        names = [str(name) for (name,) in cursor.fetchall()]
        rights = {}
        for name in names:
            cursor.execute("SHOW GRANTS FOR %s@'%%'", (name,))
            rights[name] = " ".join(row[0] for row in cursor.fetchall())
        return rights


def test_accounts_may_come_from_any_container_with_the_rights_that_they_have_everywhere(
    store: Stack, administrator: Path
) -> None:
    for _ in range(2):
        put_accounts_in_place(store.environment, administrator)
    rights = accounts_from_anywhere(store.environment)
    assert rights.keys() == {"groundup_loader", "groundup_reader", "groundup_superset"}
    assert f"GRANT SELECT ON `{REPORTS_DATABASE}`.*" in rights[READER]
    assert "ALL PRIVILEGES ON *.*" not in " ".join(rights.values())


def test_without_the_password_nothing_is_done(store: Stack, administrator: Path) -> None:
    administrator.write_text("guessed")
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        put_accounts_in_place(store.environment, administrator)


def test_an_account_without_a_password_is_not_made(store: Stack, administrator: Path) -> None:
    environment = store.environment.model_copy(update={"mysql_reader_password": ""})
    with pytest.raises(SettingsError, match="GROUNDUP_MYSQL_READER_PASSWORD is empty"):
        put_accounts_in_place(environment, administrator)
