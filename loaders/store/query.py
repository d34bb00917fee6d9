"""Read-only questions to the report store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.constants import ER

from loaders.errors import StoreError
from loaders.store.connection import connect, explain
from settings.environment import Environment

_REFUSED = {
    ER.TABLEACCESS_DENIED_ERROR,
    ER.DBACCESS_DENIED_ERROR,
    ER.COLUMNACCESS_DENIED_ERROR,
    ER.SPECIFIC_ACCESS_DENIED_ERROR,
}


@dataclass(frozen=True)
class Answer:
    """A result: the columns' names, and the rows in their order."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def ask(environment: Environment, query: str) -> Answer:
    """The result of one statement, run as the account that may only read.

    Raises StoreError when MySQL cannot be reached, refuses the statement or does not understand it.
    """
    connection = connect(environment, "reader")
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            columns = tuple(column[0] for column in cursor.description or ())
            return Answer(columns, cursor.fetchall())
    except pymysql.MySQLError as error:
        code, text = (*error.args, "", "")[:2]
        if code in _REFUSED:
            raise StoreError(f"The report store is read-only here ({text}); ask by SELECT.") from error
        if isinstance(error, pymysql.ProgrammingError):
            raise StoreError(f"MySQL does not understand the query ({text}); correct it.") from error
        raise StoreError(explain(error, environment)) from error
    finally:
        connection.close()
