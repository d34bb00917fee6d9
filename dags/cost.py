"""What the loads of this month have cost, every night; it fails, and so tells, while there is still time."""

from __future__ import annotations

import datetime as dt
import logging

from airflow.sdk import DAG, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowFailException

from orchestration.alerts import tell
from orchestration.bill import bill_lines, bill_query, is_too_much, spent, verdict
from orchestration.operators import ask_groundup, setting

log = logging.getLogger("airflow.task")

with DAG(
    dag_id="cost",
    description="The month's bill by day, against GROUNDUP_MONTHLY_BUDGET_USD.",
    schedule=CronTriggerTimetable("30 23 * * *", timezone="UTC"),
    start_date=dt.datetime(2015, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": dt.timedelta(minutes=5), "on_failure_callback": tell},
    tags=["cost"],
) as dag:

    @task
    def bill(dag_run=None):  # type: ignore[no-untyped-def]
        """The dollars of the month so far; its days are in the log."""
        month = dag_run.run_after.astimezone(dt.UTC).date().replace(day=1)
        days = ask_groundup(bill_query(month))
        budget = float(setting("MONTHLY_BUDGET_USD", "50"))
        usd = spent(days)
        for line in [*bill_lines(days), verdict(month, usd, budget)]:
            log.info(line)
        if is_too_much(usd, budget):
            raise AirflowFailException(verdict(month, usd, budget))
        return usd

    bill()
