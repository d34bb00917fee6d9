"""What a home holds, read in a way of its own, to compare two homes by."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pymysql

from loaders.store.connection import connect
from settings.environment import PROJECT, REPORTS_DATABASE, SECRETS, SUPERSET_DATABASE
from stack.mysql_server import connect_as_administrator
from stack.places import places_of
from superset_sync.client import SupersetClient
from superset_sync.live import PATH
from tests.conftest import GROUNDUP, Stack

Rows = dict[str, list[tuple[Any, ...]]]


def mysql_rows(stack: Stack) -> Rows:
    """Every row of every table of both databases."""
    return {table: sorted(rows, key=repr) for table, rows in _of_each_table(stack, "SELECT * FROM {}")}


def mysql_checksums(stack: Stack) -> dict[str, int]:
    """MySQL's own checksum of every table."""
    return {table: rows[0][1] for table, rows in _of_each_table(stack, "CHECKSUM TABLE {}")}


def mysql_shapes(stack: Stack) -> dict[str, str]:
    """How every table was made."""
    return {table: rows[0][1] for table, rows in _of_each_table(stack, "SHOW CREATE TABLE {}")}


def _of_each_table(stack: Stack, question: str) -> Iterator[tuple[str, tuple[tuple[Any, ...], ...]]]:
    with connect_as_administrator(places_of(stack.environment)) as connection, connection.cursor() as cursor:
        cursor.execute("SET NAMES utf8mb4")
        for database in (REPORTS_DATABASE, SUPERSET_DATABASE):
            cursor.execute(f"SHOW TABLES FROM `{database}`")
            for (table,) in cursor.fetchall():
                cursor.execute(question.format(f"`{database}`.`{table}`"))
                yield f"{database}.{table}", cursor.fetchall()


def warehouse_rows(stack: Stack) -> dict[str, tuple[Any, ...]]:
    """The number of rows of every table of the warehouse, and a sum over all that is in them."""
    with duckdb.connect(str(stack.environment.warehouse_file), read_only=True) as connection:
        names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f'SELECT count(*), sum(hash(t)::HUGEINT) FROM "{schema}"."{table}" AS t'
            ).fetchall()[0]
            for schema, table in names
        }


def assets(client: SupersetClient) -> list[dict[str, Any]]:
    """Every asset as Superset holds it, with its digest."""
    return sorted(client.get_ours(PATH)["result"]["assets"], key=lambda asset: str(asset["uuid"]))


def signed_in(stack: Stack, account: str = "admin", password: str = "") -> SupersetClient:
    """A session in this home's Superset."""
    environment = stack.environment
    return SupersetClient(environment.superset_url, account, password or environment.admin_password)


def planned(stack: Stack) -> list[Any]:
    """What a load would do."""
    return list(json.loads(stack.run("plan", "--json").stdout)["steps"])


@contextmanager
def begun(stack: Stack, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A verb that is at work."""
    process = subprocess.Popen(
        [GROUNDUP, *arguments],
        cwd=PROJECT,
        env={**os.environ, **stack.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Watch:
    """Looks at something again and again, in a thread of its own; `seen` is what it has come across."""

    def __init__(self) -> None:
        self.seen: set[Any] = set()
        self.looks = 0
        self._stop = threading.Event()

    @contextmanager
    def over(self, look: Any, pause: float) -> Iterator[Watch]:
        def run() -> None:
            while not self._stop.is_set():
                self.seen.update(look())
                self.looks += 1
                time.sleep(pause)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()


def secrets_of(stack: Stack) -> list[str]:
    """Every password and key of a home."""
    variables = stack.environment.as_variables()
    return [variables[name] for name in SECRETS]


def told_secrets(secrets: list[str]) -> set[str]:
    """Those that anybody can read in the list of processes now."""
    lines = []
    for process in psutil.process_iter():
        try:
            lines.append("\0".join(process.cmdline()))
        except psutil.Error:
            continue
    return {secret for secret in secrets if any(secret in line for line in lines)}


def servers_below(folder: Path) -> list[psutil.Process]:
    """The MySQL servers whose data lie below a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(word.startswith(f"--datadir={folder}/") for word in process.cmdline()):
                found.append(process)
    return found


def figures(stack: Stack) -> set[tuple[Any, ...]]:
    """What somebody sees who reads the reports now."""
    try:
        with closing(connect(stack.environment, "reader")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*), SUM(dau), SUM(takes) FROM daily_report")
            return set(cursor.fetchall())
    except pymysql.MySQLError as error:
        return {("refused", str(error))}
