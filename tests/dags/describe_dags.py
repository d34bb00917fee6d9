"""What Airflow makes of dags/, in its own environment, as JSON."""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

DAGS = Path(__file__).resolve().parents[2] / "dags"

if __name__ == "__main__":
    before = set(sys.modules)
    bag = DagBag(DAGS)
    described = {
        name: {
            "timezone": str(dag.schedule.timezone) if dag.schedule else None,
            "schedule": getattr(dag.schedule, "expression", None),
            "tasks": {
                task.task_id: {
                    "after": sorted(task.upstream_task_ids),
                    "arguments": getattr(task, "arguments", None),
                    "retries": task.retries,
                    "pool": task.pool,
                    "owner": task.owner,
                    "outlets": sorted(asset.uri for asset in task.outlets),
                    "tells": len(task.on_failure_callback),
                }
                for task in dag.tasks
            },
        }
        for name, dag in bag.dags.items()
    }
    heavy = {"duckdb", "pandas", "google.cloud.bigquery", "loaders", "groundup"} & (set(sys.modules) - before)
    sys.stdout.write(json.dumps({"errors": bag.import_errors, "dags": described, "heavy": sorted(heavy)}) + "\n")
