"""A home is backed up while it works, lost, and restored elsewhere: everything is there again, and works."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from backup.archive import opened
from backup.keys import ENCRYPTED
from backup.latest import last_backup
from settings.environment import PROJECT
from stack.mysql_server import mysql_is_ready
from stack.places import places_of
from superset_sync.errors import SignInError
from tests.backup.homes import (
    Rows,
    Watch,
    assets,
    begun,
    figures,
    mysql_checksums,
    mysql_rows,
    mysql_shapes,
    planned,
    secrets_of,
    servers_below,
    signed_in,
    told_secrets,
    warehouse_rows,
)
from tests.conftest import Stack, new_stack
from tests.dags.airflow_home import set_up
from tests.stack.conftest import end

pytestmark = pytest.mark.timeout(1800)

JOAN = {
    "username": "joan",
    "first_name": "Joan",
    "last_name": "Doe",
    "email": "joan@example.com",
    "active": True,
    "password": "joans own passw0rd",
}
QUERY = "SELECT 'a ''quoted'' \\\\ snowman ☃', \"and\ta tab\"\n-- and a line"

# Every column that Superset reads and writes through its key.
DISCOVERY = """
import json
from superset.app import create_app
with create_app().app_context():
    from flask_appbuilder import Model
    from superset.databases.ssh_tunnel import models
    from superset.utils.encrypt import EncryptedType
    found = {
        table.name: sorted(column.name for column in table.columns if isinstance(column.type, EncryptedType))
        for table in Model.metadata.tables.values()
    }
    print(json.dumps({table: columns for table, columns in found.items() if columns}))
"""


@dataclass
class Lost:
    """What a home held that is gone: its backup, its secrets, and all that can be compared."""

    file: Path
    secrets: Path
    values: list[str]
    rows: Rows
    checksums: dict[str, int]
    shapes: dict[str, str]
    warehouse: dict[str, tuple[Any, ...]]
    assets: list[dict[str, Any]]
    watched: dict[str, Watch]
    load: int
    said: str
    runs: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
def lost(module_folder: Path) -> Iterator[Lost]:
    folder = module_folder / "lost"
    folder.mkdir()
    stack = new_stack(folder / "home")
    try:
        stack.run("up", "--no-demo")
        stack.run("demo", "--users", "500", "--days", "40", "--end", "2026-10-31")
        stack.run("load")
        set_up(stack)
        stack.run("airflow", "variables", "set", "token", "of the partner")
        held = _work_by_hand(stack)
        yield _back_up_and_lose(stack, folder, held)
    finally:
        end(stack.environment)


def _work_by_hand(stack: Stack) -> list[dict[str, Any]]:
    environment = stack.environment
    with signed_in(stack) as admin:
        role = next(r["id"] for r in admin.list("/api/v1/security/roles/", ["id", "name"]) if r["name"] == "Employee")
        admin.post("/api/v1/security/users/", {**JOAN, "roles": [role]})
        dataset = admin.list("/api/v1/dataset/", ["id"])[0]["id"]
        chart = {"slice_name": "Mine", "viz_type": "table", "datasource_id": dataset, "datasource_type": "table"}
        admin.post("/api/v1/chart/", {**chart, "params": json.dumps({"viz_type": "table"})})
        database = admin.list("/api/v1/database/", ["id"])[0]["id"]
        admin.post("/api/v1/saved_query/", {"db_id": database, "label": "Weekly", "schema": "reports", "sql": QUERY})
        # What Superset encrypts by its key.
        uri = (
            f"mysql+pymysql://groundup_reader:{environment.mysql_reader_password}@127.0.0.1:{environment.mysql_port}"
            "/reports"
        )
        extra = json.dumps({"connect_args": {"read_timeout": 30}})
        admin.post(
            "/api/v1/database/", {"database_name": "Another", "sqlalchemy_uri": uri, "masked_encrypted_extra": extra}
        )
        return assets(admin)


def _back_up_and_lose(stack: Stack, folder: Path, held: list[dict[str, Any]]) -> Lost:
    file, secrets = folder / "backup.zip", folder / "secrets.env"
    values = secrets_of(stack)
    stack.run("backup", "--secrets", str(secrets))
    reader, processes = Watch(), Watch()
    with begun(stack, "load", "--force") as load:
        assert load.stderr
        # It has the warehouse by now, and writes.
        assert load.stderr.readline()
        with (
            reader.over(lambda: figures(stack), 0.05),
            processes.over(lambda: told_secrets(values), 0.02),
        ):
            said = stack.run("backup", str(file)).stderr
        load.communicate(timeout=600)
    lost = Lost(
        file,
        secrets,
        values,
        mysql_rows(stack),
        mysql_checksums(stack),
        mysql_shapes(stack),
        warehouse_rows(stack),
        held,
        {"reader": reader, "processes": processes},
        load.returncode,
        said,
    )
    noted = last_backup(stack.home)
    assert noted
    assert (noted.file, noted.bytes) == (str(file), file.stat().st_size)
    assert "last backup" in stack.run("status", check=False).stdout
    end(stack.environment)
    shutil.rmtree(stack.home)
    return lost


@pytest.fixture(scope="module")
def restored(lost: Lost, module_folder: Path) -> Iterator[Stack]:
    """Another home, with ports of its own, in which the lost one was restored; MySQL alone runs."""
    stack = new_stack(module_folder / "restored")
    stack.run("restore", str(lost.file), "--secrets", str(lost.secrets))
    stack.run("up", "mysql")
    yield stack
    end(stack.environment)


def test_a_load_is_waited_for_and_comes_to_its_end(lost: Lost) -> None:
    assert "Waiting until the command that has the warehouse ends" in lost.said
    assert lost.load == 0


def test_whoever_reads_meanwhile_sees_the_same_figures(lost: Lost) -> None:
    assert lost.watched["reader"].looks > 3
    assert len(lost.watched["reader"].seen) == 1
    assert not any("refused" in seen for seen in lost.watched["reader"].seen)


def test_no_secret_is_in_the_list_of_processes_or_in_the_backup(lost: Lost) -> None:
    assert lost.watched["processes"].looks > 10
    assert lost.watched["processes"].seen == set()
    with zipfile.ZipFile(lost.file) as bundle:
        for name in bundle.namelist():
            content = bundle.read(name)
            assert not [value for value in lost.values if value.encode() in content], name
            assert b"of the partner" not in content
            assert str(JOAN["password"]).encode() not in content
    assert all(value in lost.secrets.read_text() for value in lost.values)


def test_without_the_key_of_what_is_encrypted_nothing_is_begun(lost: Lost, tmp_path: Path) -> None:
    stack = new_stack(tmp_path / "home")
    done = stack.run("restore", str(lost.file), check=False)
    assert done.returncode == 1
    assert "GROUNDUP_SUPERSET_SECRET_KEY" in done.stderr
    assert "--secrets FILE" in done.stderr
    assert not stack.home.exists()


def test_every_table_of_mysql_is_as_it_was_row_by_row(lost: Lost, restored: Stack) -> None:
    rows = mysql_rows(restored)
    assert rows.keys() == lost.rows.keys()
    # It has what was typed in it, passwords too.
    assert rows.pop("superset.logs") == []
    for table, held in rows.items():
        assert lost.rows[table] == held, table
    assert sum(map(len, rows.values())) > 1000
    checksums = mysql_checksums(restored)
    assert {table: checksums[table] for table in rows} == {table: lost.checksums[table] for table in rows}
    assert mysql_shapes(restored) == lost.shapes


def test_the_manifest_says_what_was_there(lost: Lost, restored: Stack) -> None:
    with opened(lost.file) as backup:
        manifest = backup.manifest
    assert {name: table.rows for name, table in manifest.tables.items()} == {
        name: len(rows) for name, rows in lost.rows.items() if name != "superset.logs"
    }
    assert manifest.warehouse == {name: count for name, (count, _) in lost.warehouse.items()}


def test_the_warehouse_is_as_it_was_and_a_load_finds_nothing_to_do(lost: Lost, restored: Stack) -> None:
    assert warehouse_rows(restored) == lost.warehouse
    assert planned(restored) == []
    assert "Nothing has changed since the last load" in restored.run("load").stdout


def test_airflow_reads_what_it_had_encrypted(restored: Stack) -> None:
    set_up(restored)
    assert restored.run("airflow", "variables", "get", "token").stdout.splitlines()[-1] == "of the partner"


def test_nothing_of_the_work_is_left_in_the_home(restored: Stack) -> None:
    assert not {"restore", "backup"} & {path.name for path in restored.home.iterdir()}
    administrators = subprocess.run(
        ["mariadb", "--no-defaults", f"--socket={places_of(restored.environment).mysql_socket}", "-N"],
        input="SELECT user FROM mysql.user",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "groundup_restore" not in administrators.stdout


def test_people_find_what_they_made_and_sign_in_with_their_own_password(lost: Lost, restored: Stack) -> None:
    restored.run("up")
    with signed_in(restored) as admin:
        assert assets(admin) == lost.assets
        charts = [chart["slice_name"] for chart in admin.list("/api/v1/chart/", ["slice_name"])]
        queries = admin.list("/api/v1/saved_query/", ["label", "sql"])
        databases = admin.list("/api/v1/database/", ["id", "database_name"])
        another = next(found["id"] for found in databases if found["database_name"] == "Another")
        connection = admin.get(f"/api/v1/database/{another}/connection")["result"]
    assert "Mine" in charts
    assert [(query["label"], query["sql"]) for query in queries] == [("Weekly", QUERY)]
    assert json.loads(connection["masked_encrypted_extra"]) == {"connect_args": {"read_timeout": 30}}
    with signed_in(restored, "joan", str(JOAN["password"])) as joan:
        assert joan.list("/api/v1/dashboard/", ["id"])
    with pytest.raises(SignInError):
        signed_in(restored, "joan", "another password")
    done = restored.run("assets", "plan", "--exit-code", check=False)
    assert (done.returncode, done.stdout) == (0, "Superset is as the folders say.\n")


def test_data_are_not_replaced_unasked(lost: Lost, restored: Stack) -> None:
    done = restored.run("restore", str(lost.file), "--secrets", str(lost.secrets), check=False)
    assert done.returncode == 1
    assert "holds data already (mysql/data): back it up and restore with --force" in done.stderr


@pytest.mark.parametrize("step", ["Unpacking the warehouse", "Writing MySQL's tables", "Comparing MySQL's tables"])
def test_killed_in_the_middle_the_old_state_is_there_and_runs(lost: Lost, restored: Stack, step: str) -> None:
    restored.run("up", "mysql")
    before = mysql_rows(restored)["reports.daily_report"]
    with begun(restored, "restore", str(lost.file), "--secrets", str(lost.secrets), "--force") as process:
        assert process.stderr
        assert any(step in line for line in process.stderr)
        process.send_signal(signal.SIGKILL)
    assert mysql_is_ready(places_of(restored.environment))
    assert mysql_rows(restored)["reports.daily_report"] == before
    assert planned(restored) == []
    # The server that the tables were written with has ended with it.
    _, alive = psutil.wait_procs(servers_below(restored.home / "restore"), timeout=30)
    assert not alive


def test_what_happened_since_the_backup_is_undone_and_what_ran_runs_again(lost: Lost, restored: Stack) -> None:
    restored.run("up", "mysql")
    restored.run("demo", "--remove")
    restored.run("load")
    assert figures(restored) == {(0, None, None)}
    done = restored.run("restore", str(lost.file), "--secrets", str(lost.secrets), "--force")
    assert "everything that ran runs again" in done.stdout
    rows = mysql_rows(restored)
    assert rows["reports.daily_report"] == lost.rows["reports.daily_report"]
    assert planned(restored) == []
    with signed_in(restored, "joan", str(JOAN["password"])) as joan:
        assert joan.list("/api/v1/dashboard/", ["id"])


def test_what_is_counted_as_encrypted_is_what_superset_encrypts(restored: Stack) -> None:
    done = subprocess.run(
        [PROJECT / ".venv-superset/bin/python", "-c", DISCOVERY],
        env={**os.environ, **restored.environment.as_variables(), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {table: sorted(names) for table, names in ENCRYPTED.items()}
