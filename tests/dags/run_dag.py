"""Runs `dag.test()` in Airflow's environment: run_dag.py DAG_ID DATE. The last line is the run's end as JSON.

As of every run by hand, the day is the last one that had ended at one in the morning of the date, in UTC: the
schedule's own runs have midnight.

A task that fails has failed for good: the waits between the tries are no part of what is tested.
"""

import datetime as dt
import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

DAGS = Path(__file__).resolve().parents[2] / "dags"

if __name__ == "__main__":
    dag_id, date = sys.argv[1:]
    dag = DagBag(DAGS / f"{dag_id}.py").dags[dag_id]
    for task in dag.tasks:
        task.retries = 0
    run = dag.test(logical_date=dt.datetime.combine(dt.date.fromisoformat(date), dt.time(1), dt.UTC))
    tasks = {task.task_id: str(task.state) for task in run.get_task_instances()}
    sys.stdout.write(json.dumps({"state": str(run.state), "tasks": tasks}) + "\n")
