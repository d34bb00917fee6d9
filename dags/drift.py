"""Whether the live Superset is still what the repository says, every night; it fails, and so tells, when it is not."""

from __future__ import annotations

import datetime as dt
import json
import logging

from airflow.sdk import DAG, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowFailException

from orchestration.alerts import tell
from orchestration.drift import verdict
from orchestration.operators import told_by_groundup

log = logging.getLogger("airflow.task")

with DAG(
    dag_id="drift",
    description="Charts and dashboards that were edited without an export, or merged without an apply.",
    schedule=CronTriggerTimetable("0 4 * * *", timezone="UTC"),
    start_date=dt.datetime(2015, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": dt.timedelta(minutes=5), "on_failure_callback": tell},
    tags=["dashboards"],
) as dag:

    @task
    def compare():  # type: ignore[no-untyped-def]
        """The plan is in the log, field by field."""
        changes = told_by_groundup("assets", "plan", "--json")["changes"]
        for change in changes:
            log.info(json.dumps(change, indent=2, ensure_ascii=False))
        log.info(verdict(changes))
        if changes:
            raise AirflowFailException(verdict(changes))

    compare()
