"""What becomes of a report whose worker was killed in the middle: it is begun anew, and what had gone out stays out.

There is one worker, which does one thing at a time. So a schedule that is "working" when an execution begins was cut
off; Superset alone would refuse to run it until its working timeout, an hour as a rule, and then report a failure.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from superset_config.background import redis_client

# One that takes its worker down each time is given up.
MOST_BEGINNINGS = 3
CUT_OFF = "The worker was stopped in the middle of it."
GIVEN_UP = f"It was begun {MOST_BEGINNINGS} times, and each time the worker was killed in the middle of it."
_REMEMBERED_SECONDS = 3 * 86_400

_log = logging.getLogger(__name__)

Step = Literal["begin", "done", "give up"]


@dataclass(frozen=True)
class Attempt:
    """The execution of an alert: its grace period in seconds, and whether the one before it did not reach everybody."""

    schedule: int
    grace: int
    is_repeated: bool


# The one that is executed now.
ATTEMPT: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


def next_step(states: Sequence[str], beginnings: int) -> Step:
    """What to do with an execution: its log has these states so far, and it was begun so often, this time included."""
    if states and states[-1] != "Working":
        return "done"
    return "begin" if beginnings <= MOST_BEGINNINGS else "give up"


def moment(order: str | dt.datetime | None) -> dt.datetime:
    """When an execution was due, in UTC; Celery gives it with a time zone, which MariaDB does not take."""
    due = dt.datetime.fromisoformat(order) if isinstance(order, str) else order or dt.datetime.now(dt.UTC)
    return due.astimezone(dt.UTC).replace(tzinfo=None) if due.tzinfo else due


def begin_anew_what_is_cut_off() -> None:
    """Lets every execution of an alert or a report look first at what became of those before it."""
    from superset import db  # noqa: PLC0415 - not before the application is there
    from superset.commands.report.execute import AsyncExecuteReportScheduleCommand  # noqa: PLC0415
    from superset.reports.models import ReportSchedule, ReportScheduleType, ReportState  # noqa: PLC0415

    original = AsyncExecuteReportScheduleCommand.run
    if hasattr(original, "counts_beginnings"):
        return
    client = redis_client()

    @wraps(original)
    def run(command: Any) -> None:
        command._scheduled_dttm = moment(command._scheduled_dttm)
        schedule = db.session.get(ReportSchedule, command._model_id)
        if schedule is None:
            original(command)
            return
        counter = f"groundup:begun:{command._execution_id}"
        step = next_step(_states(command._execution_id), client.incr(counter))
        client.expire(counter, _REMEMBERED_SECONDS)
        if step == "done":
            _log.warning("Execution %s was done before its worker was stopped.", command._execution_id)
            return
        if step == "give up":
            _log.error("Execution %s: %s", command._execution_id, GIVEN_UP)
            _note_failure(schedule, command._execution_id, command._scheduled_dttm, GIVEN_UP)
            return
        _leave_working(schedule, command._execution_id)
        is_repeated = schedule.last_state == ReportState.ERROR
        is_alert = schedule.type == ReportScheduleType.ALERT
        ATTEMPT.set(Attempt(schedule.id, schedule.grace_period or 0, is_repeated) if is_alert else None)
        original(command)

    run.counts_beginnings = True  # type: ignore[attr-defined]
    AsyncExecuteReportScheduleCommand.run = run


def _states(execution_id: Any) -> list[str]:
    from superset import db  # noqa: PLC0415
    from superset.reports.models import ReportExecutionLog  # noqa: PLC0415

    rows = (
        db.session.query(ReportExecutionLog.state)
        .filter(ReportExecutionLog.uuid == execution_id)
        .order_by(ReportExecutionLog.id)
        .all()
    )
    return [state for (state,) in rows]


def _leave_working(schedule: Any, execution_id: Any) -> None:
    """Let a schedule that was cut off be run again; the log says which execution will never end."""
    from superset import db  # noqa: PLC0415
    from superset.reports.models import ReportExecutionLog, ReportState  # noqa: PLC0415

    if schedule.last_state != ReportState.WORKING:
        return
    last = (
        db.session.query(ReportExecutionLog)
        .filter(ReportExecutionLog.report_schedule_id == schedule.id)
        .order_by(ReportExecutionLog.id.desc())
        .first()
    )
    if last is not None and last.uuid != execution_id:
        _note_failure(schedule, last.uuid, last.scheduled_dttm, CUT_OFF)
    schedule.last_state = ReportState.ERROR
    db.session.commit()


def _note_failure(schedule: Any, execution_id: Any, scheduled: dt.datetime, reason: str) -> None:
    from superset import db  # noqa: PLC0415
    from superset.reports.models import ReportExecutionLog, ReportState  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    schedule.last_state = ReportState.ERROR
    db.session.add(
        ReportExecutionLog(
            report_schedule_id=schedule.id,
            uuid=execution_id,
            scheduled_dttm=scheduled,
            start_dttm=now,
            end_dttm=now,
            state=ReportState.ERROR,
            error_message=reason,
        )
    )
    db.session.commit()
