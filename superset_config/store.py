"""Small questions of the configuration's own to the report store."""

from __future__ import annotations

import logging
from typing import Any

from superset_config.datasource import READER, REPORTS, encryption
from superset_config.environment import setting


def ask_store(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query, read by the account that charts read with; none while the store does not answer."""
    import pymysql  # noqa: PLC0415 - absent where only the pure parts are tested

    try:
        with (
            pymysql.connect(
                host=setting("GROUNDUP_MYSQL_HOST"),
                port=int(setting("GROUNDUP_MYSQL_PORT")),
                user=READER,
                password=setting("GROUNDUP_MYSQL_READER_PASSWORD"),
                database=REPORTS,
                connect_timeout=5,
                **encryption(setting("GROUNDUP_MYSQL_HOST")),
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            return list(cursor.fetchall())
    except pymysql.MySQLError as error:
        logging.getLogger(__name__).warning("The report store does not answer (%s).", error)
        return []
