"""The servers for real: a state folder of their own, ports of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pymysql
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from settings.environment import LOADER, PROJECT, READER, SUPERSET_ACCOUNT, Environment
from stack import lifecycle, superset_server
from stack.errors import PortInUseError, ServiceFailedError, StackError
from stack.lifecycle import launch, start, states, stop, wait_healthy
from stack.mysql_server import connect_as_administrator
from stack.places import places_of
from stack.variables import foreign_secrets
from tests.stack.conftest import Make, end, environment_in, processes_of
from tests.waiting import wait_until

SERVERS = ["mysql", "redis"]
BACKGROUND = dict.fromkeys(("worker", "beat"), "stopped")
STOPPED = {"superset": "stopped", **BACKGROUND}

Runs = Callable[[str], None]


def connect(environment: Environment, account: str, password: str) -> pymysql.Connection:
    return pymysql.connect(
        host="127.0.0.1", port=environment.mysql_port, user=account, password=password, autocommit=True
    )


def ask(environment: Environment, account: str, password: str, *statements: str) -> tuple[tuple[object, ...], ...]:
    with connect(environment, account, password) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


def redis_of(environment: Environment) -> redis.Redis:
    return redis_with(environment, environment.redis_password)


def redis_with(environment: Environment, password: str | None) -> redis.Redis:
    return redis.Redis(port=environment.redis_port, password=password, retry=Retry(NoBackoff(), 0))


def pids(environment: Environment) -> dict[str, int | None]:
    return {state.name: state.pid for state in states(environment)}


def seen(environment: Environment) -> dict[str, str]:
    return {state.name: state.state for state in states(environment)}


def supervisor_pid(environment: Environment) -> int:
    return int(places_of(environment).supervisor_pid.read_text())


def kill(pid: int | None) -> None:
    assert pid
    process = psutil.Process(pid)
    process.kill()
    psutil.wait_procs([process], timeout=20)


@pytest.fixture(scope="module")
def running(module_folder: Path) -> Iterator[Environment]:
    environment = environment_in(module_folder / "it's a home für alle")
    start(environment, SERVERS)
    yield environment
    end(environment)


class TestRunning:
    """What a stack that runs is like; nothing here changes it."""

    def test_what_was_asked_for_runs_and_nothing_else(self, running: Environment) -> None:
        assert seen(running) == {"mysql": "running", "redis": "running", **STOPPED}
        assert [state.should_run for state in states(running)] == [True, True, False, False, False]

    def test_starting_again_leaves_the_processes_alone(self, running: Environment) -> None:
        before = pids(running)
        start(running, SERVERS)
        assert pids(running) == before

    def test_no_other_server_on_the_machine_cleans_up_what_it_spills(self, running: Environment) -> None:
        """A starting MariaDB removes all temporary tables of its folder, whosever they are."""
        with connect_as_administrator(places_of(running)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@tmpdir")
            assert cursor.fetchall() == ((str(running.home / "mysql" / "tmp"),),)

    def test_the_loader_writes_reports_over_load_data(self, running: Environment, tmp_path: Path) -> None:
        (tmp_path / "rows").write_text("1\tçay\n")
        with (
            pymysql.connect(
                host="127.0.0.1",
                port=running.mysql_port,
                user=LOADER,
                password=running.mysql_loader_password,
                database="reports",
                local_infile=True,
                autocommit=True,
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE OR REPLACE TABLE written (id INT PRIMARY KEY, name VARCHAR(9))")
            assert cursor.execute(f"LOAD DATA LOCAL INFILE '{tmp_path / 'rows'}' INTO TABLE written") == 1
        assert ask(running, READER, running.mysql_reader_password, "SELECT * FROM reports.written") == ((1, "çay"),)

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE reports.mine (id INT)",
            "INSERT INTO reports.kept VALUES (2)",
            "UPDATE reports.kept SET id = 3",
            "DELETE FROM reports.kept",
            "DROP TABLE reports.kept",
            "SELECT * FROM mysql.user",
            "USE superset",
            "SELECT 1 INTO OUTFILE '/tmp/x'",
            "CREATE USER somebody",
        ],
    )
    def test_the_reader_can_only_read(self, running: Environment, statement: str) -> None:
        ask(running, LOADER, running.mysql_loader_password, "CREATE TABLE IF NOT EXISTS reports.kept (id INT)")
        with pytest.raises(pymysql.err.OperationalError) as refused:
            ask(running, READER, running.mysql_reader_password, statement)
        assert refused.value.args[0] in {1044, 1045, 1142, 1227}  # access denied, to a database, a table, a right

    def test_the_loader_and_superset_keep_out_of_each_others_database(self, running: Environment) -> None:
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            ask(running, LOADER, running.mysql_loader_password, "CREATE TABLE superset.mine (id INT)")
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            ask(running, SUPERSET_ACCOUNT, running.mysql_superset_password, "SELECT * FROM reports.days")
        ask(running, SUPERSET_ACCOUNT, running.mysql_superset_password, "CREATE OR REPLACE TABLE superset.own (id INT)")

    @pytest.mark.parametrize("account", [LOADER, READER, SUPERSET_ACCOUNT, "root", "", "nobody"])
    @pytest.mark.parametrize("password", ["", "wrong"])
    def test_nobody_comes_in_over_tcp_with_a_wrong_password(
        self, running: Environment, account: str, password: str
    ) -> None:
        with pytest.raises(pymysql.err.OperationalError, match=r"denied|not allowed"):
            connect(running, account or "anonymous", password)

    def test_redis_wants_its_password(self, running: Environment) -> None:
        with pytest.raises(redis.AuthenticationError):
            redis_with(running, None).ping()
        with pytest.raises(redis.AuthenticationError):
            redis_with(running, "wrong").ping()
        assert redis_of(running).ping()

    def test_the_server_is_strict_and_in_utc(self, running: Environment) -> None:
        query = "SELECT @@time_zone, @@character_set_server, @@local_infile, @@innodb_flush_log_at_trx_commit"
        assert ask(running, READER, running.mysql_reader_password, query) == (("+00:00", "utf8mb4", 1, 1),)
        ((mode,),) = ask(running, READER, running.mysql_reader_password, "SELECT @@sql_mode")
        assert "STRICT_ALL_TABLES" in str(mode)

    def test_all_listen_on_this_machine_only(self, running: Environment) -> None:
        addresses = {
            connection.laddr.ip
            for process in processes_of(running.home)
            for connection in process.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        }
        assert addresses == {"127.0.0.1"}

    def test_no_password_is_on_a_command_line_or_in_a_file_that_others_read(self, running: Environment) -> None:
        listing = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert str(places_of(running).mysql_data) in listing
        assert "secret-" not in listing
        for path in running.home.rglob("*"):
            data = places_of(running).mysql_data in path.parents
            if path.is_file() and not data and b"secret-" in path.read_bytes():
                assert path.stat().st_mode & 0o077 == 0, path
        assert running.home.stat().st_mode & 0o077 == 0

    def test_another_state_folder_runs_beside_it(self, running: Environment, environment: Environment) -> None:
        start(environment, SERVERS)
        ask(environment, LOADER, environment.mysql_loader_password, "CREATE TABLE reports.beside (id INT)")
        before = pids(running)
        stop(environment)
        assert processes_of(environment.home) == []
        assert pids(running) == before
        with pytest.raises(pymysql.err.ProgrammingError, match="doesn't exist"):
            ask(running, READER, running.mysql_reader_password, "SELECT * FROM reports.beside")


def test_nothing_runs_at_first_and_stopping_nothing_is_no_error(environment: Environment) -> None:
    assert seen(environment) == {"mysql": "stopped", "redis": "stopped", **STOPPED}
    stop(environment)
    assert not environment.home.exists()


def test_down_leaves_no_process_and_up_finds_the_data_again(environment: Environment) -> None:
    start(environment, SERVERS)
    redis_of(environment).set("session", "kept")
    ask(environment, LOADER, environment.mysql_loader_password, "CREATE TABLE reports.kept (id INT)")
    assert {process.name() for process in processes_of(environment.home)} >= {"mariadbd", "redis-server"}
    stop(environment)
    assert processes_of(environment.home) == []
    assert set(seen(environment).values()) == {"stopped"}
    start(environment, SERVERS)
    assert redis_of(environment).get("session") == b"kept"
    assert ask(environment, READER, environment.mysql_reader_password, "SHOW TABLES IN reports") == (("kept",),)


def test_one_service_alone_and_the_next_one_beside_it(environment: Environment) -> None:
    start(environment, ["redis"])
    assert seen(environment) == {"mysql": "stopped", "redis": "running", **STOPPED}
    redis_pid = pids(environment)["redis"]
    start(environment, ["mysql"])
    assert seen(environment) == {"mysql": "running", "redis": "running", **STOPPED}
    assert pids(environment)["redis"] == redis_pid


@pytest.mark.parametrize("service", SERVERS)
def test_a_killed_service_comes_back_by_itself(environment: Environment, service: str) -> None:
    start(environment, SERVERS)
    killed = pids(environment)[service]
    kill(killed)
    wait_until(lambda: seen(environment)[service] == "running" and pids(environment)[service] != killed, 60)


def test_after_its_supervisord_was_killed_the_next_start_takes_over(environment: Environment) -> None:
    start(environment, SERVERS)
    ask(environment, LOADER, environment.mysql_loader_password, "CREATE TABLE reports.kept (id INT)")
    orphans = pids(environment)
    kill(supervisor_pid(environment))
    assert {state.detail for state in states(environment) if state.should_run} == {
        "the process manager is gone: run groundup up"
    }
    assert seen(environment) == {"mysql": "failed", "redis": "failed", **STOPPED}
    # They still run, hold the data folder and the ports.
    assert all(psutil.pid_exists(pid) for pid in orphans.values() if pid)
    start(environment, ["redis"])
    assert seen(environment) == {"mysql": "running", "redis": "running", **STOPPED}
    assert not set(orphans.values()) & {pid for pid in pids(environment).values() if pid}
    assert ask(environment, READER, environment.mysql_reader_password, "SHOW TABLES IN reports") == (("kept",),)


def test_down_also_ends_what_a_killed_supervisord_left(environment: Environment) -> None:
    start(environment, SERVERS)
    kill(supervisor_pid(environment))
    stop(environment)
    assert processes_of(environment.home) == []
    assert set(seen(environment).values()) == {"stopped"}


def test_all_killed_at_once_is_a_start_from_the_data(environment: Environment) -> None:
    start(environment, SERVERS)
    ask(environment, LOADER, environment.mysql_loader_password, "CREATE TABLE reports.kept (id INT)")
    killed = processes_of(environment.home)
    for process in killed:
        process.kill()
    # One that is dying is in no list any more, and may hold its port a moment longer.
    psutil.wait_procs(killed, timeout=20)
    start(environment, SERVERS)
    assert ask(environment, READER, environment.mysql_reader_password, "SHOW TABLES IN reports") == (("kept",),)


def test_a_supervisord_whose_socket_was_removed_is_replaced(environment: Environment) -> None:
    start(environment, SERVERS)
    lost = supervisor_pid(environment)
    places_of(environment).supervisor_socket.unlink()
    start(environment, SERVERS)
    assert supervisor_pid(environment) != lost
    assert not psutil.pid_exists(lost)
    assert seen(environment)["mysql"] == "running"


def test_a_very_deep_state_folder_works(make: Make, tmp_path: Path) -> None:
    environment = make(tmp_path / ("d" * 100) / ("e" * 50))
    start(environment, SERVERS)
    assert seen(environment)["mysql"] == "running"


@pytest.mark.parametrize("service", SERVERS)
def test_a_port_that_is_taken_is_refused_before_anything_starts(environment: Environment, service: str) -> None:
    port = environment.mysql_port if service == "mysql" else environment.redis_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortInUseError, match=rf"^Port {port} for {service} is taken by .* GROUNDUP_"):
            start(environment, SERVERS)
        assert processes_of(environment.home) == []
    start(environment, SERVERS)


def test_new_passwords_and_ports_come_into_force(environment: Environment, tmp_path: Path) -> None:
    start(environment, SERVERS)
    new = environment_in(environment.home, mysql_reader_password="new \"\\ secret'%", redis_password='a"\\ #b%')
    start(new, SERVERS)
    assert ask(new, READER, "new \"\\ secret'%", "SELECT 1") == ((1,),)
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        connect(new, READER, environment.mysql_reader_password)
    assert redis_of(new).ping()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", environment.mysql_port)) != 0


def test_without_passwords_nothing_starts(environment: Environment) -> None:
    with pytest.raises(StackError, match="GROUNDUP_REDIS_PASSWORD is empty"):
        start(environment.model_copy(update={"redis_password": ""}), SERVERS)
    assert not environment.home.exists()


def test_a_data_folder_that_the_server_refuses_is_told_with_its_reason(environment: Environment) -> None:
    start(environment, ["mysql"])
    stop(environment)
    (places_of(environment).mysql_data / "ibdata1").write_bytes(b"no tablespace")
    with pytest.raises(ServiceFailedError, match=r"mysql does not come up \(.*ERROR.*\): read .*mysql\.log"):
        start(environment, ["mysql"])
    assert seen(environment)["mysql"] in {"stopped", "failed"}


def test_two_starts_at_once_start_one_stack(environment: Environment) -> None:
    places_of(environment).home.mkdir()
    code = (
        "import json, sys; from settings.environment import Environment; from stack.lifecycle import start, states;"
        "environment = Environment.model_validate_json(sys.stdin.read()); start(environment, ['mysql', 'redis']);"
        "print(json.dumps([state.pid for state in states(environment)]))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
        )
        for _ in range(2)
    ]
    said = [process.communicate(environment.model_dump_json(), timeout=120)[0] for process in both]
    assert json.loads(said[0]) == json.loads(said[1])
    assert sum(process.name() == "mariadbd" for process in processes_of(environment.home)) == 1


def test_it_survives_the_end_of_the_terminal(environment: Environment) -> None:
    code = (
        "import signal, sys, time; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        "from settings.environment import Environment; from stack.lifecycle import start;"
        "start(Environment.model_validate_json(sys.stdin.readline()), ['redis']); print('up', flush=True);"
        "time.sleep(100)"
    )
    terminal = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        start_new_session=True,
    )
    assert terminal.stdin and terminal.stdout
    terminal.stdin.write(environment.model_dump_json() + "\n")
    terminal.stdin.flush()
    assert terminal.stdout.readline() == "up\n"
    before = pids(environment)["redis"]
    os.killpg(terminal.pid, signal.SIGHUP)
    terminal.communicate(timeout=20)
    assert redis_of(environment).ping()
    assert pids(environment)["redis"] == before


class TestSuperset:
    """A stand-in in its place: what it does itself is tested with its configuration."""

    SERVES = """
import http.server, json, os, subprocess, sys, time
child = subprocess.Popen(["sleep", "1000"])
time.sleep(1.5)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["GROUNDUP_SUPERSET_PORT"])), Health).serve_forever()
"""

    @pytest.fixture
    def runs(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
        def _runs(code: str) -> None:
            script = tmp_path / "superset.py"
            script.write_text(code)
            monkeypatch.setattr(superset_server, "require_installed", lambda: None)
            monkeypatch.setattr(superset_server, "server_command", lambda: [sys.executable, str(script)])

        return _runs

    def test_launch_returns_while_it_boots_with_the_servers_ready(self, environment: Environment, runs: Runs) -> None:
        runs(self.SERVES)
        launch(environment, ["superset"])
        assert seen(environment) == {"mysql": "running", "redis": "running", "superset": "starting", **BACKGROUND}
        assert ask(environment, READER, environment.mysql_reader_password, "SELECT 1") == ((1,),)
        wait_healthy(environment, ["superset"])
        assert seen(environment)["superset"] == "running"

    def test_its_children_end_with_it(self, environment: Environment, runs: Runs) -> None:
        runs(self.SERVES)
        start(environment, ["superset"])
        assert "sleep" in {process.name() for process in processes_of(environment.home)}
        kill(supervisor_pid(environment))
        stop(environment)
        assert processes_of(environment.home) == []

    def test_one_that_dies_again_and_again_is_told_with_its_last_word(
        self, environment: Environment, runs: Runs
    ) -> None:
        runs("import time; time.sleep(1.2); raise SystemExit('the metadata is from the future')")
        launch(environment, ["superset"])
        with pytest.raises(ServiceFailedError, match=r"superset does not come up \(the metadata is from the future\)"):
            wait_healthy(environment, ["superset"])
        assert seen(environment) == {"mysql": "running", "redis": "running", "superset": "stopped", **BACKGROUND}

    def test_one_that_does_not_answer_in_time_is_told(self, environment: Environment, runs: Runs) -> None:
        runs("import time; time.sleep(1000)")
        launch(environment, ["superset"])
        with pytest.raises(ServiceFailedError, match=r"superset did not answer within 1 seconds: read .*superset\.log"):
            wait_healthy(environment, ["superset"], timeout=1)

    def test_it_gets_the_settings_as_variables_and_the_project_to_import_from(
        self, environment: Environment, runs: Runs, tmp_path: Path
    ) -> None:
        report = tmp_path / "report"
        code = f"import json, os; open({str(report)!r}, 'w').write(json.dumps(dict(os.environ)))\n" + self.SERVES
        runs(code)
        start(environment, ["superset"])
        variables = json.loads(report.read_text())
        others = foreign_secrets(environment, "superset")
        own = {name: value for name, value in environment.as_variables().items() if name not in others}
        assert own.items() <= variables.items()
        assert not set(others) & set(variables)
        assert variables["PYTHONPATH"] == str(PROJECT)


def test_superset_without_its_environment_is_refused_before_anything_starts(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    required = superset_server.require_installed
    monkeypatch.setattr(
        lifecycle.superset_server, "require_installed", lambda: required(tmp_path / "v" / "bin" / "python")
    )
    with pytest.raises(StackError, match=f"Superset is not installed in {tmp_path / 'v'}: run make install"):
        start(environment)
    assert processes_of(environment.home) == []
