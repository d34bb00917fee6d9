"""The DAGs at work on a real stack: by hand, by the schedule, and as a backfill. The tests build on each other."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from loaders.store.connection import connected
from orchestration.tasks import read_tasks
from superset_sync.client import SupersetClient
from tests.conftest import Stack, free_port
from tests.dags.airflow_home import run_script
from tests.stack.conftest import processes_of

TODAY = dt.datetime.now(dt.UTC).date()
YESTERDAY = TODAY - dt.timedelta(days=1)
BEFORE = TODAY - dt.timedelta(days=2)
EARLIER = TODAY - dt.timedelta(days=3)
# Half a minute a run where nothing else is at work; a machine that is busy may take its time.
pytestmark = pytest.mark.timeout(1500)

ALL = {"day_is_there", "publish", *(task.table for task in read_tasks())}


@pytest.fixture(scope="module")
def heard() -> Iterator[tuple[str, list[str]]]:
    """The address of a webhook, and what it was told."""
    texts: list[str] = []

    class Slack(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Slack)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", texts
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def loaded(scheduled: Stack) -> Stack:
    """A few days up to yesterday are in the warehouse, and none in MySQL."""
    scheduled.run("demo", "--days", "5", "--users", "60", "--end", str(YESTERDAY))
    return scheduled


def days_in_mysql(stack: Stack) -> list[str]:
    answer = stack.run("sql", "SELECT DISTINCT date FROM daily_report ORDER BY date", "--format", "json", check=False)
    return [row["date"] for row in json.loads(answer.stdout)] if answer.returncode == 0 else []


def test_a_run_by_hand_computes_each_table_and_shows_all(loaded: Stack) -> None:
    run = run_script(loaded, "run_dag.py", "daily", str(YESTERDAY))
    assert run == {"state": "success", "tasks": dict.fromkeys(ALL, "success")}
    assert days_in_mysql(loaded)[-1] == str(BEFORE)
    steps = json.loads(loaded.run("runs", "--json", "--limit", "1000").stdout)
    by_run: dict[str, set[tuple[str, str]]] = {}
    for step in steps:
        by_run.setdefault(step["run"], set()).add((step["step"], step["table"]))
    storing = [found for found in by_run.values() if any(step == "store" for step, _ in found)]
    # What was shown was shown by one command, which had nothing left to compute.
    assert len(storing) == 1
    assert "compute" not in {step for step, _ in storing[0]}
    computed = {table for found in by_run.values() for step, table in found if step == "compute"}
    assert computed == {name for task in read_tasks() for name in (task.table, *task.rollups)}


def test_a_run_by_hand_that_fails_says_why_to_whoever_listens(loaded: Stack, heard: tuple[str, list[str]]) -> None:
    address, texts = heard
    run = run_script(
        loaded,
        "run_dag.py",
        "daily",
        str(TODAY),
        GROUNDUP_ALERT_WEBHOOK=address,
        GROUNDUP_MYSQL_PORT=str(free_port()),
    )
    assert run["state"] == "failed"
    assert run["tasks"] == {**dict.fromkeys(ALL, "upstream_failed"), "day_is_there": "failed"}
    (text,) = texts
    assert "daily: the task day_is_there of the run manual__" in text
    assert "MySQL at 127.0.0.1:" in text
    assert "start it by `groundup up mysql`" in text


def test_a_month_that_has_cost_too_much_is_told_of(loaded: Stack, heard: tuple[str, list[str]]) -> None:
    address, texts = heard
    texts.clear()
    with connected(loaded.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE loads SET usd = 45 ORDER BY id LIMIT 1")
        connection.commit()
    run = run_script(loaded, "run_dag.py", "cost", str(TODAY), GROUNDUP_ALERT_WEBHOOK=address)
    assert run == {"state": "failed", "tasks": {"bill": "failed"}}
    assert "have cost $45.00 so far, 90% of its budget of $50.00." in texts[0]


def test_what_was_edited_without_an_export_is_told_of(loaded: Stack, heard: tuple[str, list[str]]) -> None:
    address, texts = heard
    texts.clear()
    loaded.run("up", "superset")
    loaded.run("assets", "apply")
    same = run_script(loaded, "run_dag.py", "drift", str(TODAY), GROUNDUP_ALERT_WEBHOOK=address)
    assert same == {"state": "success", "tasks": {"compare": "success"}}
    quiet = loaded.run("assets", "plan", "--quiet", "--exit-code")
    assert (quiet.stdout, texts) == ("", [])
    environment = loaded.environment
    with SupersetClient(environment.superset_url, "admin", environment.admin_password) as superset:
        chart = superset.list("/api/v1/chart/", ["id", "slice_name"])[0]
        superset.put(f"/api/v1/chart/{chart['id']}", {"description": "Edited by hand."})
    differs = run_script(loaded, "run_dag.py", "drift", str(TODAY), GROUNDUP_ALERT_WEBHOOK=address)
    assert differs == {"state": "failed", "tasks": {"compare": "failed"}}
    (text,) = texts
    assert f"differ in chart {chart['slice_name']!r} (changed in Superset by Administrator at " in text
    loud = loaded.run("assets", "plan", "--quiet", "--exit-code", check=False)
    assert loud.returncode == 3
    assert f"~ chart {chart['slice_name']!r}" in loud.stdout


class Airflow:
    """Airflow's own interface, as a browser of an account uses it."""

    def __init__(self, stack: Stack) -> None:
        self.address = stack.environment.airflow_url
        self.client = httpx.Client(base_url=self.address, timeout=120, trust_env=False)
        self.sign_in(stack.environment.admin_password)

    def sign_in(self, password: str) -> None:
        token = self.client.post("/auth/token", json={"username": "admin", "password": password})
        assert token.status_code == 201, token.text
        self.client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"

    def wait_for_run(self, kind: str, seconds: float = 1200) -> Any:
        """The first run of this kind, when it has ended."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.client.get("/api/v2/dags/daily/dagRuns", params={"run_type": kind}).json()
            if found["dag_runs"] and found["dag_runs"][0]["state"] in {"success", "failed"}:
                return found["dag_runs"][0]
            assert time.monotonic() < deadline, f"no {kind} run has ended: {found}"
            time.sleep(1)


@pytest.fixture(scope="module")
def airflow(loaded: Stack) -> Airflow:
    loaded.run("up", "airflow")
    return Airflow(loaded)


def test_the_schedule_brings_yesterday(airflow: Airflow, loaded: Stack) -> None:
    run = airflow.wait_for_run("scheduled")
    assert run["state"] == "success"
    assert run["data_interval_start"].startswith(str(YESTERDAY))
    assert days_in_mysql(loaded)[-1] == str(YESTERDAY)


def test_a_backfill_is_airflows_own_and_computes_its_day_anew(airflow: Airflow, loaded: Stack) -> None:
    newest = json.loads(loaded.run("runs", "--json", "--limit", "1").stdout)[0]["id"]
    loaded.run(
        *("airflow", "backfill", "create", "--dag-id", "daily", "--max-active-runs", "1"),
        *("--from-date", str(EARLIER), "--to-date", str(EARLIER), "--dag-run-conf", '{"force": true}'),
    )
    assert airflow.wait_for_run("backfill")["state"] == "success"
    steps = [step for step in json.loads(loaded.run("runs", "--json", "--limit", "1000").stdout) if step["id"] > newest]
    forced = [step for step in steps if step["reason"] == "forced" and step["step"] == "store"]
    assert {step["from_date"] for step in forced} == {step["to_date"] for step in forced} == {str(EARLIER)}
    assert {step["table"] for step in forced} == {report for task in read_tasks() for report in task.reports}


def test_airflow_has_nothing_to_say_against_a_dag(airflow: Airflow) -> None:
    for what in ("importErrors", "dagWarnings"):
        assert airflow.client.get(f"/api/v2/{what}").json()["total_entries"] == 0, what


def test_nobody_comes_in_with_a_wrong_password(airflow: Airflow) -> None:
    for password in ("", "admin", "wrong"):
        answer = httpx.post(
            f"{airflow.address}/auth/token", json={"username": "admin", "password": password}, trust_env=False
        )
        assert answer.status_code in {400, 401, 403, 422}
    assert httpx.get(f"{airflow.address}/api/v2/dags", trust_env=False).status_code == 401


def test_status_shows_the_three_processes(airflow: Airflow, loaded: Stack) -> None:
    services = json.loads(loaded.run("status", "--json", check=False).stdout)["services"]
    states = {service["name"]: service["state"] for service in services}
    assert {name: states[name] for name in states if name.startswith("airflow")} == dict.fromkeys(
        ("airflow", "airflow-scheduler", "airflow-dags"), "running"
    )


def test_down_leaves_none_of_them(airflow: Airflow, loaded: Stack) -> None:
    loaded.run("down")
    assert processes_of(loaded.home) == []
