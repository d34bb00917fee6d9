"""Somebody who reads the reports all the while, and looks at every state that can be seen."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import pymysql
from pymysql.cursors import DictCursor

from loaders.errors import StoreError
from loaders.store.connection import connect
from settings.environment import Environment
from tests.faults.store_identities import TABLES, violations

# The server is gone, is going, or is not there yet: that is no wrong figure.
GONE = {0, 1053, 1152, 1927, 2003, 2006, 2013, 2055}
# "Table definition has changed, please retry transaction": MySQL refuses rather than to mix old and new.
RETRY = {1412}


@dataclass
class Seen:
    """What a reader has come across: states checked (of them different ones), absences, and what was wrong."""

    checks: int = 0
    states: int = 0
    absences: int = 0
    retries: int = 0
    wrong: list[str] = field(default_factory=list)


def read_all_the_while(environment: Environment, control: Connection) -> None:
    """Check every state of MySQL until told to stop; answers every message with what was seen by then."""
    seen, last = Seen(), None
    connection, fingerprints = None, ""
    while True:
        if control.poll(0.01):
            message = control.recv()
            control.send(seen)
            if message == "stop":
                return
        try:
            if connection is None:
                connection, last = connect(environment, "reader"), None
                fingerprints = question(connection)
            with snapshot(connection):
                # The server sums up what it has: all rows are only fetched of a state that is new.
                state = answer(connection, fingerprints)
                rows = read(connection) if state != last else None
        except (StoreError, pymysql.MySQLError, OSError) as error:
            code = _code(error)
            if code in RETRY:
                seen.retries += 1
            elif code in GONE or isinstance(error, OSError):
                seen.absences += 1
                time.sleep(0.02)
            else:
                seen.wrong.append(f"the reader was refused: {error}")
            connection = _closed(connection)
            continue
        seen.checks += 1
        if rows is not None:
            seen.states += 1
            seen.wrong += violations(rows)
            last = state


@contextmanager
def snapshot(connection: pymysql.Connection) -> Iterator[None]:
    """Everything that is read inside is as it was at one moment."""
    with connection.cursor() as cursor:
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    yield
    connection.rollback()


def columns(connection: pymysql.Connection, table: str) -> list[str]:
    """All columns of a table, those included that `SELECT *` leaves out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW COLUMNS FROM `{table}`")
        return [f"`{row[0]}`" for row in cursor.fetchall()]


def question(connection: pymysql.Connection) -> str:
    """The query that gives a number for each table, which changes with any of its cells."""
    parts = []
    for name in TABLES:
        cells = ", ".join(f"COALESCE({column}, '-')" for column in columns(connection, name))
        parts.append(f"SELECT COUNT(*), SUM(CRC32(CONCAT_WS('|', {cells}))) FROM `{name}`")
    connection.rollback()
    return " UNION ALL ".join(parts)


def answer(connection: pymysql.Connection, query: str) -> tuple[tuple[object, ...], ...]:
    """The result of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def read(connection: pymysql.Connection) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables."""
    rows = {}
    for name in TABLES:
        with connection.cursor(DictCursor) as cursor:
            cursor.execute(f"SELECT {', '.join(columns(connection, name))} FROM `{name}`")
            rows[name] = list(cursor.fetchall())
    return rows


def _code(error: Exception) -> object:
    cause = error.__cause__ if isinstance(error, StoreError) and error.__cause__ else error
    return cause.args[0] if cause.args else 0


def _closed(connection: pymysql.Connection | None) -> None:
    if connection is not None and connection.open:
        connection.close()
