"""The results of checks in MySQL: the table `checks`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pymysql.cursors import DictCursor

from loaders.checks.verdicts import Result
from loaders.store.connection import MySQL

_LONGEST_MESSAGE = 1000


def record_results(connection: MySQL, run: str, results: Sequence[Result]) -> None:
    """Adds the results, in the connection's open transaction."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO checks (run, report, `check`, kind, level, from_date, to_date, status, measured, expected, "
            "message, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    run,
                    result.check.report,
                    result.check.name,
                    result.check.kind,
                    result.check.level,
                    result.start,
                    result.end,
                    result.status,
                    result.measured,
                    result.expected,
                    result.message[:_LONGEST_MESSAGE],
                    now,
                )
                for result in results
            ],
        )


def recent_results(connection: MySQL, limit: int) -> list[dict[str, Any]]:
    """The newest results, newest first."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SELECT * FROM checks ORDER BY id DESC LIMIT %s", (limit,))
        return list(cursor.fetchall())


def results_of(connection: MySQL, runs: Sequence[str]) -> list[dict[str, Any]]:
    """What did not hold in these runs, newest first."""
    if not runs:
        return []
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SELECT * FROM checks WHERE run IN %s AND status <> 'passed' ORDER BY id DESC", (list(runs),))
        return list(cursor.fetchall())


def warned_results(connection: MySQL) -> list[dict[str, Any]]:
    """The checks that warn of what the reports hold: those whose newest result, of a load that went through, does."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(
            "SELECT checks.* FROM checks JOIN (SELECT MAX(id) AS id FROM checks "
            "WHERE run NOT IN (SELECT run FROM checks WHERE status = 'failed') GROUP BY report, `check`) AS newest "
            "ON newest.id = checks.id WHERE checks.status = 'warned' ORDER BY checks.id"
        )
        return list(cursor.fetchall())


def failed_results(connection: MySQL) -> list[dict[str, Any]]:
    """The checks that failed in the newest load in which any did."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(
            "SELECT * FROM checks WHERE status = 'failed' "
            "AND run = (SELECT run FROM checks WHERE status = 'failed' ORDER BY id DESC LIMIT 1) ORDER BY id"
        )
        return list(cursor.fetchall())
