"""dlt's sqlalchemy destination: `FORMAT DRIVER`. Only the load package's way into MySQL is timed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable

import dlt

from benchmarks.peers.job import Job, run


def prepare(job: Job) -> Callable[[], object]:
    """Extracts and normalises before the clock runs; the table exists, so dlt only appends to it."""
    file_format, driver = job.variant.split()
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=tempfile.mkdtemp(prefix="dlt-"),
        destination=dlt.destinations.sqlalchemy(job.url(driver).render_as_string(hide_password=False)),
        dataset_name=job.database,
    )
    pipeline.extract(job.rows, table_name=job.table, write_disposition="append", loader_file_format=file_format)
    pipeline.normalize()
    load: Callable[[], object] = pipeline.load
    return load


if __name__ == "__main__":
    run(prepare)
