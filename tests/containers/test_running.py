"""docker-compose.yml for real: built, started, looked at, killed, stopped and started again. `make test-compose`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from settings.environment import PROJECT
from superset_sync.assets import read_assets
from superset_sync.client import SupersetClient
from tests.browser.superset import SupersetPage, open_browser
from tests.conftest import free_port
from tests.containers.compose import make_secrets
from tests.containers.running import AIRFLOW, Containers, engine, engine_answers
from tests.delivery.mailbox import mailbox
from tests.delivery.schedules import MAIL, ORDER
from tests.waiting import wait_until

pytestmark = [pytest.mark.compose, pytest.mark.timeout(2400)]

ENDED = ("accounts", "superset-init")
SERVICES = ("mysql", "redis", "superset", "worker", "beat", "loader")
# Containers that were killed take their time.
_SECONDS = 240
_USERS = (
    'for status in /proc/[0-9]*/status; do awk \'/^Name|^Uid/ { printf "%s ", $2 } END { print "" }\' $status; done'
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    if not engine_answers():
        pytest.fail(
            "No engine of containers answers: start Docker, or set DOCKER_HOST, then run make test-compose again."
        )
    home = tmp_path_factory.mktemp("containers")
    containers = Containers("groundup-test", home, free_port(), free_port(), free_port())
    make_secrets(home)
    containers.compose("--profile", "*", "down", "--volumes", "--remove-orphans")
    containers.compose("--profile", "*", "build", timeout=2400)
    try:
        containers.up()
        yield containers
    finally:
        containers.compose("--profile", "*", "down", "--volumes", "--timeout", "10")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@contextmanager
def signed_in(running: Containers, browser: Browser) -> Iterator[SupersetPage]:
    environment = running.environment
    page = SupersetPage.sign_in(browser, environment.superset_url, "employee", environment.employee_password)
    yield page
    page.page.context.close()


@pytest.fixture
def employee(running: Containers, browser: Browser) -> Iterator[SupersetPage]:
    with signed_in(running, browser) as page:
        yield page


def tiles_are_those_of_mysql(running: Containers, page: SupersetPage) -> None:
    page.open_dashboard("daily-report")
    assert page.chart_faults() == {}
    [figures] = running.ask(
        "SELECT SUM(dau) AS dau, SUM(wau) AS wau, SUM(mau) AS mau, SUM(new_users) AS new_users FROM daily_report "
        "WHERE date = (SELECT MAX(date) FROM daily_report)"
    )
    for name, column in (
        ("Active users in a day", "dau"),
        ("Active users in 7 days", "wau"),
        ("Active users in 28 days", "mau"),
        ("New users", "new_users"),
    ):
        assert int(figures[column]) > 0
        assert page.big_number(name) == f"{int(figures[column]):,}"


def test_everything_is_up(running: Containers) -> None:
    states = running.states()
    assert states.keys() == {*SERVICES, *ENDED}
    assert {states[name]["State"]["Health"]["Status"] for name in SERVICES} == {"healthy"}
    assert [(states[name]["State"]["Status"], states[name]["State"]["ExitCode"]) for name in ENDED] == [
        ("exited", 0)
    ] * 2


def test_superset_has_what_the_folders_say_and_nothing_else(running: Containers) -> None:
    running.run_in("loader", "groundup", "assets", "plan", "--exit-code")


def test_every_dashboard_opens_without_a_fault(running: Containers, employee: SupersetPage) -> None:
    for dashboard in read_assets(PROJECT).dashboards:
        employee.open_dashboard(str(dashboard.content["slug"]))
        # Where nothing has failed or was restated, there is nothing to show; an error has a text.
        faults = {name: text for name, text in employee.chart_faults().items() if text}
        assert not faults, dashboard.content["slug"]


def test_charts_show_the_figures_of_mysql(running: Containers, employee: SupersetPage) -> None:
    tiles_are_those_of_mysql(running, employee)


def test_the_worker_mails_a_picture_of_a_dashboard(running: Containers, tmp_path: Path) -> None:
    environment = running.environment
    client = SupersetClient(environment.superset_url, "admin", environment.admin_password)
    found = client.list("/api/v1/dashboard/", ["id", "slug"])
    [number] = [item["id"] for item in found if item["slug"] == "daily-report"]
    made = {
        "type": "Report",
        "name": "Picture",
        "crontab": "0 0 29 2 *",
        "timezone": "UTC",
        "active": True,
        "creation_method": "alerts_reports",
        "dashboard": number,
        "report_format": "PNG",
        "recipients": [MAIL],
    }
    report = client.post("/api/v1/report/", made)["id"]
    with mailbox(running.smtp_port, host="0.0.0.0") as box:
        running.run_in("beat", "python", "-c", ORDER, str(report))
        wait_until(lambda: box.letters, _SECONDS)
        (tmp_path / "picture.png").write_bytes(box.picture())
    client.delete(f"/api/v1/report/{report}")
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.width >= 1400
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 100


def test_no_secret_can_be_seen_from_outside(running: Containers) -> None:
    told = json.dumps(running.states())
    logs = running.compose("--profile", "*", "logs", "--no-color")
    lists = "".join(
        engine("top", state["Id"], "-eo", "pid,args") for name, state in running.states().items() if name in SERVICES
    )
    for name, secret in running.secrets.items():
        assert secret not in told, name
        assert secret not in logs, name
        assert secret not in lists, name


def test_nobody_is_root(running: Containers) -> None:
    for service in SERVICES:
        processes = [line.split() for line in running.run_in(service, "sh", "-c", _USERS).splitlines() if line.strip()]
        as_root = {name for name, uid in processes if uid == "0"}
        # MySQL's image begins as root: its init is left of that, and whoever asks here.
        assert not as_root - ({"docker-init", "tini", "sh", "awk"} if service == "mysql" else set()), service


def test_what_is_killed_comes_back(running: Containers, browser: Browser) -> None:
    for service in SERVICES:
        before = running.states()[service]
        as_whom = ["--user", "mysql"] if service == "mysql" else []
        # Everything but the init, which then ends too, and this shell.
        running.compose("exec", "-T", *as_whom, service, "sh", "-c", "kill -9 -1", check=False)
        wait_until(
            lambda service=service, before=before: (
                running.states()[service]["RestartCount"] > before["RestartCount"]
                and running.states()[service]["State"]["Health"]["Status"] == "healthy"
            ),
            _SECONDS,
        )
    wait_until(
        lambda: all(running.states()[name]["State"]["Health"]["Status"] == "healthy" for name in SERVICES), _SECONDS
    )
    # Redis forgets who has signed in within the minute before it is killed.
    with signed_in(running, browser) as page:
        tiles_are_those_of_mysql(running, page)


def test_down_and_up_keeps_everything(running: Containers, employee: SupersetPage) -> None:
    tables = ("daily_report", "events", "loads", "slices")
    counts = {table: running.ask(f"SELECT COUNT(*) AS n FROM {table}") for table in tables}
    datasets = employee.request("GET", "/api/v1/dataset/?q=(page_size:100)")[1]["result"]
    draft = {
        "slice_name": "My own",
        "viz_type": "table",
        "datasource_id": next(item["id"] for item in datasets if item["table_name"] == "daily_report"),
        "datasource_type": "table",
        "params": '{"viz_type": "table", "metrics": ["daily_active_users"], "groupby": ["date"]}',
    }
    status, body = employee.request("POST", "/api/v1/chart/", draft)
    assert status == 201, body
    running.compose("down")
    running.up()
    # Signed in still, and the chart is there.
    status, chart = employee.request("GET", f"/api/v1/chart/{body['id']}")
    assert (status, chart["result"]["slice_name"]) == (200, "My own")
    assert {table: running.ask(f"SELECT COUNT(*) AS n FROM {table}") for table in tables} == counts
    tiles_are_those_of_mysql(running, employee)


def test_a_backup_brings_everything_back(running: Containers, browser: Browser, tmp_path: Path) -> None:
    page = (PROJECT / "docs/containers.md").read_text().split("## Backup")[1].split("## ")[0]
    make, restore = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    all_charts = "/api/v1/chart/?q=(page_size:100)"
    counts = {table: running.ask(f"SELECT COUNT(*) AS n FROM {table}") for table in ("daily_report", "loads", "slices")}
    with signed_in(running, browser) as employee:
        charts = employee.request("GET", all_charts)[1]["count"]
    running.follow(make, tmp_path)
    running.compose("down", "--volumes")
    running.follow(restore, tmp_path)
    assert {table: running.ask(f"SELECT COUNT(*) AS n FROM {table}") for table in counts} == counts
    with signed_in(running, browser) as employee:
        assert employee.request("GET", all_charts)[1]["count"] == charts
        tiles_are_those_of_mysql(running, employee)


def test_airflow_joins_in(running: Containers) -> None:
    running.up("--profile", "airflow")
    states = running.states()
    assert {states[name]["State"]["Health"]["Status"] for name in AIRFLOW} == {"healthy"}
    wait_until(lambda: "daily" in running.run_in("airflow-scheduler", "groundup", "airflow", "dags", "list"), _SECONDS)
    logs = running.compose("--profile", "airflow", "logs", "--no-color", *AIRFLOW)
    told = json.dumps(states)
    for name, secret in running.secrets.items():
        assert secret not in logs, name
        assert secret not in told, name
