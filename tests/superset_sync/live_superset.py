"""A running Superset, its command line, and what people do there in the browser."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from groundup.cli import main
from settings.environment import PROJECT
from superset_sync.assets import read_assets
from superset_sync.client import SupersetClient
from superset_sync.live import read_live
from superset_sync.written import write
from tests.conftest import GROUNDUP, Stack

UUIDS = {asset.file: asset.uuid for _, asset in read_assets(PROJECT)}


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def run(stack: Stack, *arguments: str, check: bool = True) -> Ended:
    """A verb of `groundup assets` in this process: starting one takes longer than most of them work."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for name, value in stack.variables.items():
            patch.setenv(name, value)
        patch.setattr("sys.argv", ["groundup", "assets", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
    ended = Ended(int(end.value.code or 0), out.getvalue(), err.getvalue())
    assert ended.returncode == 0 or not check, f"groundup assets {' '.join(arguments)}: {ended.stderr}"
    return ended


class Superset:
    """One of them, with folders of the test's own."""

    def __init__(self, stack: Stack, folders: Path) -> None:
        self.stack = stack
        self.folders = folders

    def client(self, account: str = "admin", **options: Any) -> SupersetClient:
        environment = self.stack.environment
        password = getattr(environment, f"{account}_password")
        return SupersetClient(environment.superset_url, account, password, **options)

    def run(self, *arguments: str, check: bool = True) -> Ended:
        return run(self.stack, *arguments, check=check)

    def apply(self, *arguments: str, check: bool = True) -> Ended:
        """The test's own folders."""
        return self.run("apply", "--from", str(self.folders), *arguments, check=check)

    def plan(self) -> str:
        return self.run("plan", "--from", str(self.folders)).stdout

    def write(self, file: str, **changes: Any) -> None:
        """An edit in the folders."""
        (asset,) = (asset for _, asset in read_assets(self.folders) if asset.file == file)
        (self.folders / file).write_text(write({**asset.content, **changes}), encoding="utf-8")

    def number(self, client: SupersetClient, kind: str, uuid: str) -> int:
        return next(int(item["id"]) for item in client.list(f"/api/v1/{kind}/", ["id", "uuid"]) if item["uuid"] == uuid)

    def edit(self, file: str, **changes: Any) -> None:
        """An edit of a chart in the browser, by an analyst."""
        with self.client("analyst") as client:
            client.put(f"/api/v1/chart/{self.number(client, 'chart', UUIDS[file])}", changes)

    def delete(self, file: str) -> None:
        kind = file.split("/", maxsplit=1)[0].removesuffix("s")
        with self.client() as client:
            client.delete(f"/api/v1/{kind}/{self.number(client, kind, UUIDS[file])}")

    def shown(self, file: str) -> dict[str, Any]:
        """What is live of a file."""
        with self.client() as client:
            content: dict[str, Any] = read_live(client).assets[UUIDS[file]].content
        return content

    def uuids(self) -> set[str]:
        with self.client() as client:
            return set(read_live(client).assets)

    @contextlib.contextmanager
    def made_by_hand(self, kind: str, **fields: Any) -> Iterator[int]:
        """Something that an analyst made."""
        with self.client("analyst") as client:
            number = int(client.post_once(f"/api/v1/{kind}/", fields)["id"])
            try:
                yield number
            finally:
                client.delete(f"/api/v1/{kind}/{number}")

    @contextlib.contextmanager
    def holding(self, file: str) -> Iterator[Callable[[], None]]:
        """A row of a chart that somebody else is writing: an apply waits for it in the middle of its transaction.

        Gives a function that returns when somebody waits.
        """
        environment = self.stack.environment
        connection = pymysql.connect(
            host=environment.mysql_host,
            port=environment.mysql_port,
            user="groundup_superset",
            password=environment.mysql_superset_password,
            database="superset",
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM slices WHERE uuid = UNHEX(REPLACE(%s, '-', '')) FOR UPDATE", [UUIDS[file]])

            def wait() -> None:
                for _ in range(600):
                    cursor.execute("SHOW FULL PROCESSLIST")
                    if any("FOR UPDATE" in str(info) for *_, info, _ in cursor.fetchall()):
                        return
                    time.sleep(0.1)
                raise AssertionError("nobody waits for the row")

            yield wait
            connection.rollback()

    def start_apply(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [GROUNDUP, "assets", "apply", "--from", str(self.folders)],
            cwd=PROJECT,
            env={**os.environ, **self.stack.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
