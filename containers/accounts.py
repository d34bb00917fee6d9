"""MySQL's databases and accounts, put in place from another container. `python -m containers.accounts`.

It may run any number of times: a password that was changed is the account's from then on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pymysql

from settings.environment import SECRETS, Environment, load_environment
from settings.errors import SettingsError
from settings.secret_files import FOLDER
from stack.accounts import account_statements

# Containers have addresses that nobody knows beforehand; MySQL's network has nobody else in it.
_HOSTS = ("%",)
_ADMINISTRATOR = "root"
_PASSWORD = FOLDER / "mysql_root_password"


def main() -> None:
    """Ends with one sentence on stderr when that is impossible."""
    try:
        environment = load_environment()
        put_accounts_in_place(environment, _PASSWORD)
    except (SettingsError, OSError) as error:
        sys.exit(f"MySQL's accounts could not be put in place ({error}): run docker/secrets, then try again.")
    except pymysql.MySQLError as error:
        reason = error.args[1] if len(error.args) > 1 else error
        sys.exit(f"MySQL's accounts could not be put in place ({reason}): see docker compose logs mysql.")
    print("MySQL's databases and accounts are in place.")  # noqa: T201 - the container's log


def put_accounts_in_place(environment: Environment, password: Path) -> None:
    """Bring databases and accounts to the settings in force. Raises SettingsError, OSError, pymysql.MySQLError."""
    settings = environment.as_variables()
    missing = [name for name in SECRETS if "_MYSQL_" in name and not settings[name]]
    if missing:
        raise SettingsError(f"{missing[0]} is empty")
    with (
        pymysql.connect(
            host=environment.mysql_host,
            port=environment.mysql_port,
            user=_ADMINISTRATOR,
            password=password.read_text(encoding="utf-8").strip(),
            connect_timeout=10,
            autocommit=True,
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement, parameters in account_statements(environment, _HOSTS):
            cursor.execute(statement, parameters)


if __name__ == "__main__":
    main()
