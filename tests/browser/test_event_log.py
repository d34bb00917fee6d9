"""Who looked at what stays known, though it is not written at once."""

from __future__ import annotations

import time

import pymysql

from settings.environment import Environment
from tests.browser.superset import SupersetPage


def test_every_chart_that_was_looked_at_is_written_down_soon(employee: SupersetPage, environment: Environment) -> None:
    connection = pymysql.connect(
        host=environment.mysql_host,
        port=environment.mysql_port,
        user="groundup_superset",
        password=environment.mysql_superset_password,
        database="superset",
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM logs")
        [(newest,)] = cursor.fetchall()
        employee.open_dashboard("daily-report")
        charts = len(employee.chart_names())
        deadline, written = time.monotonic() + 60, 0
        while written < charts:
            assert time.monotonic() < deadline, f"{written} of {charts}"
            time.sleep(0.5)
            cursor.execute(
                "SELECT COUNT(DISTINCT slice_id) FROM logs JOIN ab_user ON ab_user.id = logs.user_id "
                "WHERE logs.id > %s AND action = 'ChartDataRestApi.data' AND username = 'employee'",
                (newest,),
            )
            [(written,)] = cursor.fetchall()
