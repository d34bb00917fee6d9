"""pandas.to_sql, by its default (executemany) or with `method="multi"`: `VARIANT DRIVER CHUNK`."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import create_engine

from benchmarks.peers.job import Job, run


def prepare(job: Job) -> Callable[[], object]:
    """The frame and the engine are ready before the clock runs."""
    method, driver, chunk = job.variant.split()
    frame = job.rows.to_pandas()
    engine = create_engine(job.url(driver))
    return lambda: frame.to_sql(
        job.table,
        engine,
        if_exists="append",
        index=False,
        chunksize=int(chunk),
        method="multi" if method == "multi" else None,
    )


if __name__ == "__main__":
    run(prepare)
