"""The databases of the MySQL server and who may do what in them."""

from __future__ import annotations

from collections.abc import Sequence

import pymysql

from settings.environment import (
    LOADER,
    READER,
    REPORTS_DATABASE,
    SUPERSET_ACCOUNT,
    SUPERSET_DATABASE,
    Environment,
)
from stack.errors import ServiceFailedError
from stack.mysql_server import account_of_this_process, connect_as_administrator, is_mariadb
from stack.places import Places

# A TCP connection from this machine is `@127.0.0.1`, one through the socket `@localhost`.
_HOSTS = ("127.0.0.1", "localhost")


def account_statements(environment: Environment, hosts: Sequence[str] = _HOSTS) -> list[tuple[str, tuple[str, ...]]]:
    """Statements, with parameters, after which databases, accounts, passwords and rights are as they should be.

    They may run any number of times, while the accounts are in use. `hosts`: where they connect from.
    """
    databases = [
        f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        for name in (REPORTS_DATABASE, SUPERSET_DATABASE)
    ]
    accounts = (
        (LOADER, environment.mysql_loader_password, f"ALL PRIVILEGES ON `{REPORTS_DATABASE}`.*"),
        (READER, environment.mysql_reader_password, f"SELECT ON `{REPORTS_DATABASE}`.*"),
        (SUPERSET_ACCOUNT, environment.mysql_superset_password, f"ALL PRIVILEGES ON `{SUPERSET_DATABASE}`.*"),
    )
    statements: list[tuple[str, tuple[str, ...]]] = [(statement, ()) for statement in databases]
    for name, password, rights in accounts:
        for host in hosts:
            # PyMySQL takes a lone % for the place of a parameter.
            account = f"'{name}'@'{host}'".replace("%", "%%")
            statements += [
                (f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY %s", (password,)),
                (f"ALTER USER {account} IDENTIFIED BY %s", (password,)),
                (f"GRANT {rights} TO {account}", ()),
            ]
    return statements


def put_accounts_in_place(environment: Environment, places: Places) -> None:
    """Bring databases and accounts of the running server to the settings in force.

    Raises ServiceFailedError when the server refuses.
    """
    try:
        with connect_as_administrator(places) as connection, connection.cursor() as cursor:
            if not is_mariadb():
                cursor.execute(
                    "ALTER USER 'root'@'localhost' IDENTIFIED WITH auth_socket AS %s", (account_of_this_process(),)
                )
            for statement, parameters in account_statements(environment):
                cursor.execute(statement, parameters)
    except (pymysql.MySQLError, OSError) as error:
        reason = error.args[1] if len(error.args) > 1 else error
        raise ServiceFailedError(
            f"The accounts of the MySQL server in {places.mysql} could not be put in place ({reason}): "
            f"read {places.log('mysql')}."
        ) from error
