"""Today's charts of the app store, a task a chart: Apple publishes the present ones alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from airflow.sdk import DAG, Asset, CronTriggerTimetable

from orchestration.alerts import tell
from orchestration.operators import PROJECT, GroundUp, setting
from orchestration.tasks import read_charts

CHARTS = read_charts(Path(setting("METRICS_FILE", str(PROJECT / "metrics.yaml"))))

with DAG(
    dag_id="store_ranks",
    description="The charts that metrics.yaml lists under store_ranks; none listed, nothing to do.",
    # By noon in UTC it is the same day in all but a few islands' stores.
    schedule=CronTriggerTimetable("0 12 * * *", timezone="UTC") if CHARTS else None,
    start_date=dt.datetime(2015, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 5,
        "retry_delay": dt.timedelta(minutes=5),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": dt.timedelta(hours=2),
        "execution_timeout": dt.timedelta(minutes=15),
        "on_failure_callback": tell,
    },
    tags=["store"],
) as dag:
    for country, chart in CHARTS:
        GroundUp(
            task_id=f"{country}_{chart}",
            arguments=f"store-ranks load --country {country} --chart {chart}",
            outlets=[Asset(name=f"store_ranks_{country}_{chart}", uri=f"groundup://store_ranks/{country}/{chart}")],
        )
