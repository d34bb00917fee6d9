"""What MySQL says, to compare a page with."""

from __future__ import annotations

from typing import Any

import pymysql

from settings.environment import READER, REPORTS_DATABASE, Environment


class Reports:
    """The report store, asked with the reader's account."""

    def __init__(self, environment: Environment) -> None:
        self._connection = pymysql.connect(
            host=environment.mysql_host,
            port=environment.mysql_port,
            user=READER,
            password=environment.mysql_reader_password,
            database=REPORTS_DATABASE,
            charset="utf8mb4",
            autocommit=True,
        )

    def rows(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return list(cursor.fetchall())

    def row(self, sql: str, *arguments: Any) -> tuple[Any, ...]:
        """The first row of a query that has one."""
        rows = self.rows(sql, *arguments)
        assert rows, sql
        return rows[0]

    def value(self, sql: str, *arguments: Any) -> Any:
        """The first value of the first row."""
        return self.row(sql, *arguments)[0]

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()
