"""Airflow's BigQueryToMySqlOperator, its own `execute`; BigQuery's answers lie in memory."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.job import Job, run


class RowsInMemory:
    """Answers in place of BigQuery, with its client's own rows."""

    project_id = "memory"

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def list_rows(self, max_results: int, start_index: int, **_: object) -> Sequence[Any]:
        """A page of the rows."""
        return self.rows[start_index : start_index + max_results]


def prepare(job: Job) -> Callable[[], object]:
    """Airflow's imports and home, the connection and the rows are ready before the clock runs."""
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="airflow-")
    os.environ["AIRFLOW_CONN_MYSQL_DEFAULT"] = json.dumps(
        {
            "conn_type": "mysql",
            "host": job.host,
            "port": job.port,
            "login": job.user,
            "password": job.password,
            "schema": job.database,
            "extra": {"client": "mysql-connector-python"},
        }
    )
    from airflow.providers.google.cloud.transfers.bigquery_to_mysql import BigQueryToMySqlOperator  # noqa: PLC0415
    from google.cloud.bigquery.table import Row  # noqa: PLC0415

    logging.disable(logging.INFO)
    places = {name: place for place, name in enumerate(job.rows.column_names)}
    columns = [column.to_pylist() for column in job.rows.columns]
    operator = BigQueryToMySqlOperator(
        task_id="load",
        dataset_id="reports",
        table_id=job.table,
        target_table_name=job.table,
        selected_fields=job.rows.column_names,
        batch_size=int(job.variant),
    )
    operator.__dict__["bigquery_hook"] = RowsInMemory([Row(values, places) for values in zip(*columns, strict=True)])
    return lambda: operator.execute({})


if __name__ == "__main__":
    run(prepare)
