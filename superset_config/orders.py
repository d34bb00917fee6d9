"""The worker's look at the clock: orders the alerts and reports that have become due since the last look.

In place of Superset's own, which looks half a minute to both sides: a look that comes late gives an order twice or not
at all, nothing makes up for a minute in which nobody looked, and one schedule that cannot be read stops all others.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from flask import current_app
from superset.daos.report import ReportScheduleDAO
from superset.extensions import celery_app
from superset.tasks.scheduler import execute

from superset_config.background import LOOK, redis_client
from superset_config.due import due_at, looked_until, order_number

_UNTIL = "groundup:looked_until"
_log = logging.getLogger(__name__)


@celery_app.task(name=LOOK, ignore_result=True)
def look() -> None:
    """Order what is due."""
    client = redis_client()
    now = dt.datetime.now(dt.UTC)
    stored = client.get(_UNTIL)
    since = looked_until(float(stored) if stored else None, now)
    for schedule in ReportScheduleDAO.find_active():
        try:
            due = due_at(schedule.crontab, schedule.timezone, since, now)
        except (ValueError, KeyError) as error:
            _log.error("%s %r never comes (%s): correct its crontab or time zone.", schedule.type, schedule.name, error)
            continue
        if due:
            execute.apply_async(
                (schedule.id,), task_id=order_number(schedule.id, due), eta=due, **_limits(schedule.working_timeout)
            )
    client.set(_UNTIL, now.timestamp())


def _limits(working_timeout: int | None) -> dict[str, Any]:
    """After how many seconds an execution is told to end, and is ended."""
    if working_timeout is None:
        return {}
    return {
        "soft_time_limit": working_timeout + current_app.config["ALERT_REPORTS_WORKING_SOFT_TIME_OUT_LAG"],
        "time_limit": working_timeout + current_app.config["ALERT_REPORTS_WORKING_TIME_OUT_LAG"],
    }
