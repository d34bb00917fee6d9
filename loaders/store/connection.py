"""Connections to the report store, and what MySQL's refusals mean."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

import pymysql
from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.cursors import Cursor

from loaders.errors import StoreError
from settings.environment import LOADER, READER, REPORTS_DATABASE, Environment

Account = Literal["loader", "reader"]
# PyMySQL's classes are generic for type checkers alone.
if TYPE_CHECKING:
    MySQL: TypeAlias = Connection[Cursor]
else:
    MySQL = Connection

# ENOSPC is 28, and InnoDB's own word for it is 135, whatever MariaDB was doing.
_NO_ROOM = re.compile(r"Errcode: 28\b|errno: (28|135)\b|No space left")
_DISK_FULL = "The disk of MySQL at {where} is full ({text}); make room on it, then try again."

# InnoDB enlarges its files by so much at a time; MariaDB has been seen to die where less was left.
_LEAST_ROOM = 16 << 20

# PyMySQL's own numbers for a connection that broke; the first is for one that it has closed after an error.
_LOST = {0, 2006, 2013, 2055}

# What a refusal by its number means, and what to do.
_SENTENCES = (
    (
        {1148, 3948, 4166},
        "MySQL at {where} refuses LOAD DATA LOCAL; start it with local_infile=1, as `groundup down` and `groundup up` "
        "do, then try again.",
    ),
    ({1021, ER.RECORD_FILE_FULL}, _DISK_FULL),
    ({2002, 2003}, "MySQL at {where} does not answer ({text}); start it by `groundup up mysql`, then try again."),
    (
        _LOST,
        "The connection to MySQL at {where} was lost ({text}), and the reports are as they were; see that it runs by "
        "`groundup up mysql`, then try again.",
    ),
    (
        {ER.ACCESS_DENIED_ERROR},
        "MySQL at {where} refuses the password ({text}); run `groundup up mysql`, which sets the accounts up.",
    ),
    (
        {ER.BAD_DB_ERROR},
        f"MySQL at {{where}} has no database {REPORTS_DATABASE!r}; run `groundup up mysql`, which makes it.",
    ),
)
_OTHERWISE = "MySQL at {where} refused a statement ({text})."


def connect(environment: Environment, account: Account) -> MySQL:
    """A connection in UTC, without autocommit. Raises StoreError when there is no database to speak to."""
    user = LOADER if account == "loader" else READER
    password = environment.mysql_loader_password if account == "loader" else environment.mysql_reader_password
    try:
        return pymysql.connect(
            host=environment.mysql_host,
            port=environment.mysql_port,
            user=user,
            password=password,
            database=REPORTS_DATABASE,
            charset="utf8mb4",
            local_infile=account == "loader",
            connect_timeout=10,
            init_command="SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
        )
    except pymysql.MySQLError as error:
        raise StoreError(explain(error, environment)) from error


@contextmanager
def connected(environment: Environment, account: Account) -> Iterator[MySQL]:
    """A connection for a while. Everything that MySQL refuses inside is raised as StoreError."""
    connection = connect(environment, account)
    try:
        yield connection
    except pymysql.MySQLError as error:
        raise StoreError(explain(error, environment)) from error
    finally:
        # A lost connection closes with an error of its own.
        if connection.open:
            connection.close()


@contextmanager
def transaction(connection: MySQL) -> Iterator[None]:
    """Everything inside is committed at its end, or nothing of it."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        # A lost connection has been rolled back by the server.
        if connection.open:
            connection.rollback()
        raise


def explain(error: pymysql.MySQLError, environment: Environment) -> str:
    """What MySQL refused, as one sentence with what to do."""
    code = error.args[0] if error.args else 0
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    sentence = next((sentence for codes, sentence in _SENTENCES if code in codes), _OTHERWISE)
    if _NO_ROOM.search(text) or (code in _LOST and _died_of_a_full_disk(environment)):
        sentence = _DISK_FULL
    return sentence.format(where=f"{environment.mysql_host}:{environment.mysql_port}", text=text)


def _died_of_a_full_disk(environment: Environment) -> bool:
    """Whether a server of this machine, which is gone, has no room left."""
    try:
        return shutil.disk_usage(environment.home / "mysql").free < _LEAST_ROOM
    except OSError:
        return False
