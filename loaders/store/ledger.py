"""The run ledger and the calendar in MySQL."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.cursors import DictCursor

from loaders.plan import Request
from loaders.store.connection import MySQL
from loaders.store.tables import write_stretches
from loaders.warehouse import DayRow


@dataclass(frozen=True)
class Entry:
    """A step of a load as the ledger keeps it."""

    run: str
    table: str
    step: str
    start: dt.date | None
    end: dt.date | None
    reason: str
    rows: int | None
    seconds: float
    source_version: str
    code_version: str
    bytes_billed: int = 0
    usd: float = 0.0
    status: str = "done"
    error: str | None = None


def new_run() -> str:
    """The name under which the ledger keeps what one command does."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def record(connection: MySQL, entry: Entry) -> None:
    """Adds the step to the ledger, in the connection's open transaction."""
    finished = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO loads (run, `table`, step, from_date, to_date, reason, `rows`, bytes_billed, usd, seconds, "
            "source_version, code_version, status, error, started_at, finished_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                entry.run,
                entry.table,
                entry.step,
                entry.start,
                entry.end,
                entry.reason,
                entry.rows,
                entry.bytes_billed,
                entry.usd,
                round(entry.seconds, 3),
                entry.source_version,
                entry.code_version,
                entry.status,
                entry.error,
                finished - dt.timedelta(seconds=entry.seconds),
                finished,
            ),
        )


def write_calendar(connection: MySQL, rows: Sequence[DayRow], request: Request) -> bool:
    """Makes `days` exactly these rows, of the days that were asked for, and `stretches` agree.

    Gives whether they changed. In the connection's open transaction. The other days stay as they are: the reports do
    not have them yet.
    """
    between = "`date` BETWEEN %s AND %s"
    limits = (request.start or dt.date.min, request.end or dt.date.max)
    wanted = [(row.date, row.source, row.modified_at, row.rows, row.final_at) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT `date`, source, modified_at, `rows`, final_at FROM days WHERE {between} ORDER BY `date`, source",
            limits,
        )
        if list(cursor.fetchall()) == wanted:
            return False
        cursor.execute(f"DELETE FROM days WHERE {between}", limits)
        cursor.executemany(
            "INSERT INTO days (`date`, source, modified_at, `rows`, final_at) VALUES (%s, %s, %s, %s, %s)", wanted
        )
    write_stretches(connection)
    return True


def newest_entry(connection: MySQL) -> dt.datetime | None:
    """When the step that was written last had ended (UTC), by the clock of the machine that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT finished_at FROM loads ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None


def spent_this_month(connection: MySQL, now: dt.datetime) -> float:
    """The dollars that all loads of the month of `now` (UTC) have cost."""
    with connection.cursor() as cursor:
        if not cursor.execute("SHOW TABLES LIKE 'loads'"):
            return 0.0
        cursor.execute("SELECT SUM(usd) FROM loads WHERE started_at >= %s", (f"{now:%Y-%m}-01",))
        found = cursor.fetchone()
    return float(found[0] or 0) if found else 0.0


def seconds_a_day(connection: MySQL, loads: int = 20) -> float | None:
    """What the newest loads took for each day that they computed; None when there were none."""
    with connection.cursor() as cursor:
        if not cursor.execute("SHOW TABLES LIKE 'loads'"):
            return None
        cursor.execute(
            "SELECT SUM(seconds) / SUM(days) FROM (SELECT SUM(seconds) AS seconds, "
            "MAX(CASE WHEN step = 'compute' THEN DATEDIFF(to_date, from_date) + 1 END) AS days FROM loads "
            "WHERE status = 'done' GROUP BY run HAVING days IS NOT NULL ORDER BY MAX(id) DESC LIMIT %s) AS newest",
            (loads,),
        )
        found = cursor.fetchone()
    return float(found[0]) if found and found[0] is not None else None


def recent(connection: MySQL, limit: int) -> list[dict[str, Any]]:
    """The newest steps of the ledger, newest first."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SELECT * FROM loads ORDER BY id DESC LIMIT %s", (limit,))
        return list(cursor.fetchall())
