"""The alerts and reports that Superset could not send when they were last due, from its log of executions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pymysql

from settings.environment import SUPERSET_ACCOUNT, SUPERSET_DATABASE, Environment

# An execution that fails leaves a row that says why, and one about whom it told.
_QUERY = """
SELECT schedule.type, schedule.name, log.end_dttm, log.error_message
FROM report_schedule AS schedule
JOIN report_execution_log AS log ON log.id = (
  SELECT MIN(failed.id) FROM report_execution_log AS failed
  WHERE failed.report_schedule_id = schedule.id AND failed.state = 'Error' AND failed.uuid = (
    SELECT newest.uuid FROM report_execution_log AS newest
    WHERE newest.report_schedule_id = schedule.id ORDER BY newest.id DESC LIMIT 1
  )
)
WHERE schedule.active AND schedule.last_state = 'Error'
ORDER BY log.end_dttm DESC, schedule.name
"""


@dataclass(frozen=True)
class Undelivered:
    """One that has failed; `kind` is Report or Alert, `since` has its time zone."""

    kind: str
    name: str
    since: dt.datetime
    reason: str


def undelivered(environment: Environment) -> list[Undelivered]:
    """Those whose newest execution has failed, the latest first; none where there is no Superset to ask for."""
    try:
        with (
            pymysql.connect(
                host=environment.mysql_host,
                port=environment.mysql_port,
                user=SUPERSET_ACCOUNT,
                password=environment.mysql_superset_password,
                database=SUPERSET_DATABASE,
                charset="utf8mb4",
                connect_timeout=5,
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(_QUERY)
            return [
                Undelivered(kind, name, ended.replace(tzinfo=dt.UTC), one_sentence(message or ""))
                for kind, name, ended, message in cursor.fetchall()
            ]
    except pymysql.MySQLError:
        # A server that does not answer is told of by itself; without Superset's tables nothing was ever sent.
        return []


def one_sentence(message: str) -> str:
    """A message of Superset's log on one line, without full stops; Superset puts semicolons between several."""
    line = re.sub(r"\.;(?=\S)", "; ", " ".join(message.split()))
    return line.removesuffix(".") or "no reason was given"
