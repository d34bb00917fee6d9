"""The store: how fast rows get into MySQL, against a bare LOAD DATA and against what others load with."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from benchmarks.figures import Figure
from benchmarks.own_servers import own_mysql
from benchmarks.store_loaders import BARE, EXECUTEMANY, OURS, PEERS, Contender, Job, Spent
from benchmarks.store_rows import checksum, checksum_query, event_params
from loaders.catalog import load_catalog
from loaders.metrics import load_metrics
from loaders.store.connection import connected
from loaders.store.encode import encode
from loaders.store.tables import make_missing_tables
from settings.environment import PROJECT, Environment
from stack.places import places_of


@dataclass
class Result:
    """What a contender took for its rows, round by round, and whether MySQL ever held other rows than it was sent."""

    count: int
    spent: list[Spent] = field(default_factory=list)
    altered: bool = False

    @property
    def rate(self) -> float:
        """Rows a second: the median of the rounds."""
        return statistics.median(self.count / spent.seconds for spent in self.spent)

    @property
    def cost(self) -> float:
        """Microseconds of processor time a row, the client's and the server's: the median of the rounds."""
        return statistics.median(spent.cpu / self.count * 1e6 for spent in self.spent)


Results = Mapping[Contender, Result]


def measure(workspace: Path, days: int = 30, rounds: int = 7, peers: Sequence[Contender] = PEERS) -> list[Figure]:
    """Everybody loads the same rows in turn, each into the emptied table, and what MySQL then holds is checked.

    Raises RuntimeError when a contender fails, or when one of those that need nothing but us changed a row.
    """
    contenders = (OURS, *BARE, EXECUTEMANY, *peers)
    with (
        own_mysql(workspace / "store") as environment,
        tempfile.TemporaryDirectory(dir=workspace, prefix="store-") as scratch,
    ):
        job = _prepare(environment, Path(scratch), days)
        results = {contender: Result(contender.count(job)) for contender in contenders}
        for turn in range(rounds):
            present = [contender for contender in contenders if turn % contender.every == 0]
            # Nobody always runs after the same neighbour.
            first = turn % len(present)
            for contender in present[first:] + present[:first]:
                spent, altered = _run(job, contender)
                result = results[contender]
                result.spent.append(spent)
                result.altered |= altered
                sys.stderr.write(
                    f"  round {turn + 1}: {contender.name}: {result.count:,} rows in {spent.seconds:.2f} s, "
                    f"{spent.cpu:.2f} s of processors\n"
                )
    for contender in (OURS, *BARE, EXECUTEMANY):
        if results[contender].altered:
            raise RuntimeError(f"{contender.name}: MySQL holds other rows than it was sent.")
    return figures(results, peers)


def figures(results: Results, peers: Sequence[Contender]) -> list[Figure]:
    """Ours against the fastest bare load, against executemany, against the best peer, and then against each."""
    floor = max(BARE, key=lambda contender: results[contender].rate)
    best = max(peers, key=lambda contender: results[contender].rate, default=None)
    bounds = {floor: "≥ 0.7", EXECUTEMANY: "≥ 1.5"} | ({best: "≥ 2"} if best else {})
    compared = (*bounds, *(contender for contender in (*BARE, *peers) if contender not in bounds))
    ours = results[OURS]
    names = {contender: _described(contender, results[contender], ours.count) for contender in compared}
    what = f"{ours.count:,} rows into MySQL"
    return [
        Figure("store", what, ours.rate, "rows/s", names[other], results[other].rate, bounds.get(other, ""))
        for other in compared
    ] + [
        # A busy machine distorts the clock, this hardly.
        Figure(
            "store", f"{what}: processors, client and server", ours.cost, "µs/row", names[other], results[other].cost
        )
        for other in compared
    ]


def _described(contender: Contender, result: Result, whole: int) -> str:
    part = f", {result.count:,} rows" if result.count < whole else ""
    return f"{contender.name}{part}{' (changed rows)' if result.altered else ''}"


def _prepare(environment: Environment, scratch: Path, days: int) -> Job:
    catalog = load_catalog(load_metrics(PROJECT / "metrics.yaml"))
    table = catalog.report("event_params")
    rows = event_params(days)
    job = Job(environment, table, rows, scratch / "rows.parquet", scratch / "rows.tsv", scratch)
    pq.write_table(rows, job.parquet)
    with job.text.open("wb") as file:
        for batch in rows.to_batches():
            file.write(encode(batch))
    with connected(environment, "loader") as connection:
        make_missing_tables(connection, [table])
        connection.commit()
    return job


def _run(job: Job, contender: Contender) -> tuple[Spent, bool]:
    """What it took, and whether MySQL holds other rows than the job's."""
    count = contender.count(job)
    server = psutil.Process(int((places_of(job.environment).mysql / "mysqld.pid").read_text()))
    with connected(job.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE TABLE `{job.table.name}`")
        connection.commit()
        used = sum(server.cpu_times()[:2])
        spent = contender.load(job, count)
        spent = replace(spent, cpu=spent.cpu + sum(server.cpu_times()[:2]) - used)
        cursor.execute(checksum_query(job.table))
        held = cursor.fetchone()
    return spent, held != checksum(job.rows.slice(0, count))
