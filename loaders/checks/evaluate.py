"""Asking MySQL what the checks want to know, in the transaction that would change the reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pymysql
from pymysql.cursors import DictCursor

from loaders.checks.check import Check
from loaders.checks.declared import Freshness, RowCount
from loaders.checks.scope import Scope, ranges
from loaders.checks.statement import written
from loaders.checks.verdicts import Result, of_freshness, of_row_counts, of_violations
from loaders.errors import StoreError
from loaders.store.connection import MySQL

# Unknown or ambiguous column, unknown function, wrong arguments: PyMySQL files these under trouble with the server.
_NOT_UNDERSTOOD = {1052, 1054, 1305, 1582, 1583, 1630}


def evaluate(
    connection: MySQL,
    checks: Sequence[Check],
    rows: Mapping[str, Mapping[dt.date, int]],
    scope: Scope,
    expected: dt.date | None,
) -> list[Result]:
    """What the checks say of the tables as the connection's open transaction sees them.

    `rows` are the rows of each report's days; `expected` is the day that the reports should reach, or None when that
    is no question of this load. Raises StoreError when MySQL does not understand a check's query.
    """
    results = [_evaluate(connection, check, rows, scope, expected) for check in checks]
    return [result for result in results if result is not None]


def _evaluate(
    connection: MySQL,
    check: Check,
    rows: Mapping[str, Mapping[dt.date, int]],
    scope: Scope,
    expected: dt.date | None,
) -> Result | None:
    held = rows.get(check.report, {})
    if isinstance(check.declared, Freshness):
        result = of_freshness(check, check.declared, held, expected)
        # Nothing new is to be said of a report that is as it was.
        return result if result and (scope.changed.get(check.report) or result.status != "passed") else None
    if isinstance(check.declared, RowCount):
        days = set(scope.changed.get(check.report, ())) & set(held)
        return of_row_counts(check, check.declared, held, days)
    stretches = ranges(check, scope)
    if not stretches:
        return None
    if check.unique and _is_the_key(connection, check, scope):
        return of_violations(check, stretches[0][0], stretches[-1][1], [], 0)
    found = [row for start, end in stretches if (row := _first(connection, check, start, end, scope)) is not None]
    count = sum(int(row.pop("violations")) for row in found)
    return of_violations(check, stretches[0][0], stretches[-1][1], found, count)


def _is_the_key(connection: MySQL, check: Check, scope: Scope) -> bool:
    """Whether the primary key lets no two rows be alike, so that counting them would be in vain."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(f"SHOW INDEX FROM `{scope.places[check.report]}` WHERE Key_name = 'PRIMARY'")
        columns = {row["Column_name"] for row in cursor.fetchall()}
    return bool(columns) and columns <= check.unique


def _first(connection: MySQL, check: Check, start: dt.date, end: dt.date, scope: Scope) -> dict[str, Any] | None:
    try:
        with connection.cursor(DictCursor) as cursor:
            cursor.execute(written(check.sql, start, end, scope.places))
            return cursor.fetchone()
    except pymysql.MySQLError as error:
        if not isinstance(error, pymysql.ProgrammingError) and error.args[0] not in _NOT_UNDERSTOOD:
            raise
        raise StoreError(
            f"{check.report}: MySQL does not understand the check {check.name!r} ({error.args[-1]}); correct its "
            f"query in loaders/reports/{check.report}/report.yaml. All reports keep their old rows."
        ) from error
