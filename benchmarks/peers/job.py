"""What a peer is told on its standard input and what it answers; runs in .venv-bench, so it imports nothing of ours."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import URL


@dataclass(frozen=True)
class Job:
    """Rows, and the empty table that they belong in."""

    rows: pa.Table
    table: str
    # How the peer is to work, in its own words.
    variant: str
    host: str
    port: int
    user: str
    password: str
    database: str

    def url(self, driver: str) -> URL:
        """The database as SQLAlchemy names it, by way of `pymysql` or `mysqlconnector`."""
        return URL.create(
            f"mysql+{driver}",
            self.user,
            self.password,
            self.host,
            self.port,
            self.database,
            {"charset": "utf8mb4"},
        )


def run(prepare: Callable[[Job], Callable[[], object]]) -> None:
    """Answers with the seconds that the prepared load took, as one line of JSON.

    Imports, reading the file and turning it into what the peer likes best are not part of them.
    """
    said = json.load(sys.stdin)
    rows = pq.read_table(said.pop("file")).slice(0, said.pop("rows"))
    load = prepare(Job(rows=rows, **said))
    started, used = time.perf_counter(), time.process_time()
    load()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    sys.stdout.write("\n" + json.dumps({"seconds": seconds, "cpu": cpu}) + "\n")
