"""What runs in the background: where the orders to it lie, what comes when, and what becomes of one that is cut off."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

from settings.signs_of_life import REDIS_DATABASE, SIGNS_OF_LIFE
from superset_config.environment import setting
from superset_config.redis_connection import connect_redis

# The worker's task that orders what is due: superset_config.orders.
LOOK = "groundup.look"
# The one that makes ready what people will look at: superset_config.warm.
WARM = "groundup.warm"
# Signs of life, read by `groundup status`; they vanish by themselves, after seconds.
WORKER_ALIVE = SIGNS_OF_LIFE["worker"]
BEAT_ALIVE = SIGNS_OF_LIFE["beat"]
WORKER_SECONDS = 15
BEAT_SECONDS = 20

_REDIS = (
    f"redis://:{quote(setting('GROUNDUP_REDIS_PASSWORD'), safe='')}"
    f"@{setting('GROUNDUP_REDIS_HOST')}:{setting('GROUNDUP_REDIS_PORT')}/{REDIS_DATABASE}"
)
_DAY = int(timedelta(days=1).total_seconds())


def _schedule() -> dict[str, Any]:
    # Absent where only the pure parts are tested.
    if find_spec("celery") is None:
        return {}
    from celery.schedules import crontab  # noqa: PLC0415

    return {
        # One that the worker had no time for is worth nothing: the next one covers its minute.
        LOOK: {"task": LOOK, "schedule": crontab(), "options": {"expires": 60}},
        WARM: {"task": WARM, "schedule": crontab(), "options": {"expires": 60}},
        # An alert that is asked every minute leaves 1,440 rows a day; each schedule says for how long they are kept.
        "reports.prune_log": {
            "task": "reports.prune_log",
            "schedule": crontab(minute="10", hour="0"),
            "options": {"expires": _DAY},
        },
        # Who looked at what: a row for every request.
        "prune_logs": {
            "task": "prune_logs",
            "schedule": crontab(minute="20", hour="*"),
            "kwargs": {"retention_period_days": 90, "max_rows_per_run": 10_000},
            "options": {"expires": 3600},
        },
        "prune_query": {
            "task": "prune_query",
            "schedule": crontab(minute="30", hour="0"),
            "kwargs": {"retention_period_days": 90},
            "options": {"expires": _DAY},
        },
    }


class CeleryConfig:
    """Celery's settings, in its own names."""

    broker_url = _REDIS
    broker_connection_retry_on_startup = True
    # Redis may be away for longer than the process manager would start a program anew.
    broker_connection_max_retries = None
    # An order that nobody acknowledged is given out again; longer than any report may take.
    broker_transport_options = {"visibility_timeout": _DAY}  # noqa: RUF012 - Celery reads it from the class
    result_backend = _REDIS
    result_expires = _DAY
    imports = (
        "superset.sql_lab",
        "superset.tasks.scheduler",
        "superset.tasks.thumbnails",
        "superset.tasks.cache",
        "superset.tasks.slack",
        "superset_config.orders",
        "superset_config.warm",
    )
    worker_prefetch_multiplier = 1
    # An order is done when it is carried out, not when it is taken. What is cut off is begun anew: executions.py.
    task_acks_late = True
    task_reject_on_worker_lost = True
    worker_cancel_long_running_tasks_on_connection_loss = False
    worker_send_task_events = False
    # What is said goes to the process manager's log as it is.
    worker_redirect_stdouts = False
    beat_schedule = _schedule()


CELERY_CONFIG = CeleryConfig


def redis_client() -> Any:
    """A client of the Redis database that holds the orders; connects at its first command."""
    return connect_redis(REDIS_DATABASE, socket_timeout=10)
