"""The ways to load that the store's benchmark compares: ours, the floor under it, and what others do."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from loaders.catalog import Table
from loaders.store.connection import connect, connected, transaction
from loaders.store.encode import LOAD_CLAUSE
from loaders.store.slices import Slice, write_slice
from settings.environment import LOADER, PROJECT, REPORTS_DATABASE, Environment
from stack.programs import find_program

# What the warehouse hands the store at a time.
_BATCH = 65_536
_BENCH_PYTHON = PROJECT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Job:
    """What everybody loads: the same rows as Arrow, as Parquet and as the text that LOAD DATA reads."""

    environment: Environment
    table: Table
    rows: pa.Table
    parquet: Path
    text: Path
    scratch: Path


@dataclass(frozen=True)
class Spent:
    """What loading some rows took: by the clock, and of the client's processors."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Contender:
    """A way to load; one that is slow gets the first `limit` rows only, and its turn in every third round."""

    name: str
    load: Callable[[Job, int], Spent]
    limit: int | None = None
    every: int = 1

    def count(self, job: Job) -> int:
        """How many rows it loads."""
        whole: int = job.rows.num_rows
        return min(whole, self.limit or whole)


def _clocked(work: Callable[[], object]) -> Spent:
    started, used = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - started, _cpu() - used)


def _cpu() -> float:
    # Of this process and of the programs that it has waited for.
    return sum(os.times()[:4])


# --- What is ours, and what bounds it -------------------------------------------------------------------------------


def _ours(job: Job, count: int) -> Spent:
    rows = job.rows.slice(0, count)
    days = rows.column(job.table.partition).unique().to_pylist()
    part = Slice(job.table, job.table.name, days[0], days[-1], dict.fromkeys(days, "v1"))
    batches = rows.to_batches(max_chunksize=_BATCH)
    with connected(job.environment, "loader") as connection:

        def load() -> None:
            with transaction(connection):
                write_slice(connection, part, batches, "bench")

        return _clocked(load)


def _load_statement(job: Job) -> str:
    columns = ", ".join(f"`{column.name}`" for column in job.table.columns)
    return f"LOAD DATA LOCAL INFILE '{job.text}' INTO TABLE `{job.table.name}` {LOAD_CLAUSE} ({columns})"


def _bare_pymysql(job: Job, _: int) -> Spent:
    with closing(connect(job.environment, "loader")) as connection:

        def load() -> None:
            connection.cursor().execute(_load_statement(job))
            connection.commit()

        return _clocked(load)


def _bare_client(job: Job, _: int) -> Spent:
    environment = job.environment
    command = [
        str(find_program("mariadb", "mysql")),
        "--no-defaults",
        "--local-infile=1",
        f"--host={environment.mysql_host}",
        f"--port={environment.mysql_port}",
        f"--user={LOADER}",
        "--default-character-set=utf8mb4",
        f"--execute={_load_statement(job)}",
        REPORTS_DATABASE,
    ]
    variables = {**os.environ, "MYSQL_PWD": environment.mysql_loader_password}
    return _clocked(lambda: subprocess.run(command, env=variables, check=True))


def _executemany(job: Job, count: int) -> Spent:
    columns = [column.to_pylist() for column in job.rows.slice(0, count).columns]
    rows = list(zip(*columns, strict=True))
    names = ", ".join(f"`{column.name}`" for column in job.table.columns)
    places = ", ".join(["%s"] * len(columns))
    with closing(connect(job.environment, "loader")) as connection:

        def load() -> None:
            connection.cursor().executemany(f"INSERT INTO `{job.table.name}` ({names}) VALUES ({places})", rows)
            connection.commit()

        return _clocked(load)


OURS = Contender("Ground Up", _ours)
BARE = (
    Contender("bare LOAD DATA of a ready file, by PyMySQL", _bare_pymysql),
    Contender("bare LOAD DATA of a ready file, by MariaDB's client", _bare_client),
)
EXECUTEMANY = Contender("PyMySQL's executemany", _executemany)

# --- What others load with ------------------------------------------------------------------------------------------
# Each in the configuration that was fastest here: PyMySQL was it for all who leave the driver to the user.


def _peer(name: str, module: str, variant: str, limit: int | None = None) -> Contender:
    def load(job: Job, count: int) -> Spent:
        if not _BENCH_PYTHON.exists():
            raise RuntimeError("The peers are not installed; install them by requirements/install.sh --bench.")
        task = {
            "file": str(job.parquet),
            "rows": count,
            "table": job.table.name,
            "variant": variant,
            "host": job.environment.mysql_host,
            "port": job.environment.mysql_port,
            "user": LOADER,
            "password": job.environment.mysql_loader_password,
            "database": REPORTS_DATABASE,
        }
        done = subprocess.run(
            [_BENCH_PYTHON, "-m", f"benchmarks.peers.{module}"],
            cwd=PROJECT,
            input=json.dumps(task),
            env={**os.environ, "TMPDIR": str(job.scratch)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr.strip()[-2000:]}")
        return Spent(**json.loads(done.stdout.splitlines()[-1]))

    return Contender(name, load, limit, every=3)


PEERS = (
    _peer("dlt's sqlalchemy destination", "dlt_sqlalchemy", "parquet pymysql"),
    _peer("pandas.to_sql", "pandas_to_sql", "default pymysql 1000"),
    _peer('pandas.to_sql, method="multi"', "pandas_to_sql", "multi pymysql 1000", 20_000),
    _peer("the loop of Airflow's BigQueryToMySqlOperator", "airflow_operator", "1000", 10_000),
)
