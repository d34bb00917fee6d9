"""The reports of a day: a task a table, in the warehouse, and one that shows them all in MySQL at one moment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, Param

from orchestration.alerts import tell
from orchestration.days import one_day, window, zone_of_days
from orchestration.operators import PROJECT, DayIsThere, GroundUp, setting
from orchestration.tasks import WAREHOUSE_POOL, last_tasks, read_tasks

TASKS = read_tasks()
ZONE = zone_of_days(Path(setting("SOURCES_FILE", str(PROJECT / "sources.yaml"))))

with DAG(
    dag_id="daily",
    description="The day's tables in the warehouse, then all reports in MySQL at one moment.",
    doc_md="docs/airflow.md has more.",
    # A run's interval is its day, from midnight to midnight, so that a backfill's dates are days; then it waits.
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=ZONE),
    start_date=dt.datetime(2015, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    params={"force": Param(False, type="boolean", description="Compute the day although nothing has changed.")},
    user_defined_macros={
        "window": lambda run, params: window(run, ZONE, params),
        "one_day": lambda run: one_day(run, ZONE),
    },
    default_args={
        "pool": WAREHOUSE_POOL,
        "retries": 4,
        "retry_delay": dt.timedelta(minutes=1),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": dt.timedelta(hours=1),
        "execution_timeout": dt.timedelta(hours=6),
        "on_failure_callback": tell,
    },
    tags=["reports"],
) as dag:
    day_is_there = DayIsThere(
        task_id="day_is_there",
        arguments="plan {{ one_day(dag_run) }}",
        mode="reschedule",
        poke_interval=600,
        timeout=dt.timedelta(hours=22).total_seconds(),
    )
    computed = {
        task.table: GroundUp(
            task_id=task.table,
            arguments=f"compute {task.table} {{{{ window(dag_run, params) }}}}",
            owner=task.owner,
            doc=task.description,
        )
        for task in TASKS
    }
    publish = GroundUp(
        task_id="publish",
        arguments="load {{ window(dag_run, params) }}",
        outlets=[Asset(name=report, uri=f"groundup://reports/{report}") for task in TASKS for report in task.reports],
        doc="All reports, the calendar and the checks, in one transaction.",
    )
    for task in TASKS:
        computed[task.table].set_upstream([computed[name] for name in task.after] or day_is_there)
    publish.set_upstream([computed[task.table] for task in last_tasks(TASKS)])
