"""What keeps strangers out and accidents small, on a real Superset that is told that others can reach it."""

from __future__ import annotations

import http.cookies
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pymysql
import pytest
import redis

from settings.environment import LOADER, PROJECT, READER, REPORTS_DATABASE, SECRETS, SUPERSET_DATABASE
from stack.lifecycle import wait_healthy
from stack.mysql_server import connect_as_administrator
from stack.places import places_of
from stack.supervisord import Supervisord
from tests.conftest import Stack, new_stack
from tests.waiting import wait_until

BY_HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def superset(module_folder: Path) -> Iterator[Stack]:
    """In production, as far as it knows; its reports are empty."""
    bare = new_stack(module_folder)
    stack = Stack(bare.home, {**bare.variables, "GROUNDUP_SUPERSET_PUBLIC_URL": "https://data.example.com"})
    stack.run("up", "superset")
    yield stack
    stack.run("down", check=False)


def visit(stack: Stack, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=stack.environment.superset_url, timeout=120, trust_env=False, headers=headers)


def sign_in(client: httpx.Client, username: str, password: str) -> httpx.Response:
    """Through the form, as a browser does."""
    token = re.search(
        r"csrf_token[^}]*?&#34;([\w.-]{40,})|name=\"csrf_token\"[^>]*value=\"([^\"]+)\"", client.get("/login/").text
    )
    assert token, "no CSRF token on the page"
    form = {"username": username, "password": password, "csrf_token": token[1] or token[2]}
    return client.post("/login/", data=form)


@contextmanager
def signed_in(stack: Stack, account: str = "employee") -> Iterator[httpx.Client]:
    with visit(stack) as client:
        answer = sign_in(client, account, getattr(stack.environment, f"{account}_password"))
        assert answer.status_code == 302, answer.text
        assert client.get("/api/v1/me/").status_code == 200
        yield client


@contextmanager
def with_token(stack: Stack, account: str) -> Iterator[httpx.Client]:
    """Through the interface, as a program does."""
    with visit(stack) as client:
        body = {"username": account, "password": getattr(stack.environment, f"{account}_password"), "provider": "db"}
        token = client.post("/api/v1/security/login", json=body).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        csrf = client.get("/api/v1/security/csrf_token/").json()["result"]
        client.headers.update({"X-CSRFToken": csrf, "Referer": str(client.base_url)})
        yield client


def cookie_of(answer: httpx.Response) -> http.cookies.Morsel[str]:
    jar = http.cookies.SimpleCookie(answer.headers["set-cookie"])
    return jar["groundup_session"]


def test_a_cookie_that_came_by_https_goes_by_https_alone(superset: Stack) -> None:
    with visit(superset) as client:
        secure = cookie_of(client.get("/login/", headers=BY_HTTPS))
        assert (secure["secure"], secure["httponly"], secure["samesite"]) == (True, True, "Lax")
    with visit(superset) as client:
        # The command line, on this machine.
        plain = cookie_of(client.get("/login/"))
        assert (plain["secure"], plain["httponly"], plain["samesite"]) == ("", True, "Lax")


def test_headers_tell_browsers_to_load_and_frame_nothing_foreign(superset: Stack) -> None:
    with visit(superset, **BY_HTTPS) as client:
        first, second = client.get("/login/"), client.get("/login/")
    policies = [answer.headers["content-security-policy"] for answer in (first, second)]
    nonces = [re.search(r"script-src [^;]*'nonce-([^']+)'", policy) for policy in policies]
    assert nonces[0] and nonces[1]
    assert nonces[0][1] != nonces[1][1]
    scripts = re.search(r"script-src ([^;]*)", policies[0])
    assert scripts
    assert "unsafe" not in scripts[1]
    assert "http" not in policies[0]
    assert "frame-ancestors 'self'" in policies[0]
    assert "object-src 'none'" in policies[0]
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["x-frame-options"] == "SAMEORIGIN"
    assert "max-age=" in first.headers["strict-transport-security"]


def test_signing_in_changes_the_session_and_signing_out_ends_it(superset: Stack) -> None:
    with visit(superset) as client:
        client.get("/login/")
        before = client.cookies["groundup_session"]
        assert sign_in(client, "employee", superset.environment.employee_password).status_code == 302
        stolen = client.cookies["groundup_session"]
        assert stolen != before
        assert me(superset, before) == 401
        assert me(superset, stolen) == 200
        client.get("/logout/")
    assert me(superset, stolen) == 401
    environment = superset.environment
    with closing(redis.Redis(port=environment.redis_port, password=environment.redis_password, db=1)) as store:
        assert not store.exists(f"superset:session:{stolen}")


def test_an_answer_that_comes_late_does_not_undo_the_sign_in(superset: Stack) -> None:
    """What the sign-in page asked for before carries no cookie of nobody."""
    with visit(superset) as client:
        page = client.get("/login/").text
        script = re.search(r"/static/assets/[\w.]+\.js", page)
        assert script
        assert "set-cookie" in client.get("/login/", headers={"Cookie": ""}).headers
        for late in (client.get(script[0]), client.get("/login/"), client.post("/superset/log/?explode=events")):
            assert "set-cookie" not in late.headers, late.url


def test_a_permission_that_is_taken_away_is_gone_in_both_workers(superset: Stack) -> None:
    """What a role may do is remembered for a second, in each of them."""
    with signed_in(superset) as employee, with_token(superset, "admin") as admin:
        found = admin.get("/api/v1/security/roles/?q=(page_size:100)").json()["result"]
        role = next(role["id"] for role in found if role["name"] == "Employee")
        held = admin.get(f"/api/v1/security/roles/{role}/permissions/").json()["result"]
        charts = next(
            one["id"] for one in held if (one["permission_name"], one["view_menu_name"]) == ("can_read", "Chart")
        )
        allowed = [one["id"] for one in held]

        def give(permissions: list[int]) -> None:
            body = {"permission_view_menu_ids": permissions}
            admin.post(f"/api/v1/security/roles/{role}/permissions", json=body).raise_for_status()

        def answers() -> set[int]:
            return {employee.get("/api/v1/chart/").status_code for _ in range(20)}

        assert answers() == {200}
        give([one for one in allowed if one != charts])
        try:
            wait_until(lambda: answers() == {403}, 30)
        finally:
            give(allowed)


def me(stack: Stack, cookie: str) -> int:
    with visit(stack, Cookie=f"groundup_session={cookie}") as client:
        return client.get("/api/v1/me/").status_code


def test_guessing_passwords_is_stopped_in_both_workers_and_at_both_doors(superset: Stack) -> None:
    with visit(superset, **{"X-Forwarded-For": "203.0.113.7"}) as client:
        client.get("/login/")
        body = {"username": "admin", "password": "guess", "provider": "db"}
        answers = [client.post("/api/v1/security/login", json=body).status_code for _ in range(40)]
        assert set(answers) == {401, 429}
        # Two that are tried at once may both be let through; each worker alone would let through as many.
        assert answers.index(429) == 20
        assert sign_in(client, "admin", "guess").status_code == 429
    with visit(superset, **{"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}) as liar:
        assert liar.post("/api/v1/security/login", json=body).status_code == 429
    with visit(superset, **{"X-Forwarded-For": "203.0.113.8"}) as somebody_else:
        assert somebody_else.post("/api/v1/security/login", json=body).status_code == 401


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("GROUNDUP_SUPERSET_SECRET_KEY", "CHANGE_ME_SECRET_KEY"),
        ("GROUNDUP_SUPERSET_GUEST_SECRET", "short"),
        ("GROUNDUP_ADMIN_PASSWORD", "admin"),
    ],
)
def test_what_can_be_guessed_does_not_start(superset: Stack, setting: str, value: str) -> None:
    ended = superset.run("up", "superset", check=False, **{setting: value})
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert setting in ended.stderr
    assert "https://data.example.com can be reached by others" in ended.stderr
    with visit(superset) as client:
        assert client.get("/health").status_code == 200


def nothing_of_the_inside(text: str, stack: Stack) -> None:
    for trace in ("Traceback", 'File "/', "site-packages", str(PROJECT), str(stack.home), "sqlalche.me"):
        assert trace not in text, text[:2000]
    for name, value in secrets_of(stack).items():
        assert value not in text, name


def secrets_of(stack: Stack) -> dict[str, str]:
    variables = stack.environment.as_variables()
    return {name: variables[name] for name in SECRETS}


@pytest.mark.parametrize(
    "path",
    [
        "/superset/explore/?form_data=garbage",
        "/explore/?datasource_id=x&datasource_type=y",
        "/api/v1/chart/?q=((",
        "/api/v1/chart/data?form_data=%7B",
        "/api/v1/dataset/99999999999999999999",
        "/superset/dashboard/nowhere/",
        "/static/../../etc/passwd",
    ],
)
def test_what_goes_wrong_shows_nothing_of_the_inside(superset: Stack, path: str) -> None:
    with signed_in(superset) as client:
        nothing_of_the_inside(client.get(path).text, superset)


def test_a_database_that_is_gone_shows_nothing_of_the_inside(superset: Stack) -> None:
    environment = superset.environment
    with signed_in(superset) as client:
        daemon = Supervisord(places_of(environment))
        daemon.stop("mysql")
        try:
            for path in ("/", "/dashboard/list/", "/api/v1/dashboard/", "/superset/dashboard/daily-report/"):
                answer = client.get(path)
                assert answer.status_code >= 500, path
                nothing_of_the_inside(answer.text, superset)
        finally:
            daemon.start("mysql")
            wait_healthy(environment, ["superset"])
        assert client.get("/api/v1/dashboard/").status_code == 200


def query(client: httpx.Client, sql: str, **more: Any) -> httpx.Response:
    """As SQL Lab asks it of the reports."""
    ids = client.get("/api/v1/database/", params={"q": "(filters:!((col:database_name,opr:eq,value:Reports)))"}).json()
    body = {"database_id": ids["ids"][0], "sql": sql, "runAsync": False, "schema": REPORTS_DATABASE, **more}
    return client.post("/api/v1/sqllab/execute/", json=body)


@pytest.fixture(scope="module")
def analyst(superset: Stack) -> Iterator[httpx.Client]:
    with with_token(superset, "analyst") as client:
        yield client


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM slices",
        "DROP TABLE slices",
        "INSERT INTO slices (report) VALUES ('x')",
        "WITH x AS (SELECT 1) DELETE FROM slices",
        "/* SELECT */ TRUNCATE slices",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "SELECT LOAD_FILE('/etc/passwd') x FROM mysql.user",
        "CREATE TABLE x (y INT)",
    ],
)
def test_sql_lab_only_reads(analyst: httpx.Client, superset: Stack, sql: str) -> None:
    answer = query(analyst, sql)
    assert answer.status_code >= 400
    nothing_of_the_inside(answer.text, superset)


def test_the_reader_itself_may_only_select(superset: Stack) -> None:
    environment = superset.environment
    with (
        pymysql.connect(
            host="127.0.0.1",
            port=environment.mysql_port,
            user=READER,
            password=environment.mysql_reader_password,
            database=REPORTS_DATABASE,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT COUNT(*) FROM slices")
        for statement in ("DELETE FROM slices", "DROP TABLE slices", "CREATE TABLE x (y INT)"):
            with pytest.raises(pymysql.MySQLError, match="denied"):
                cursor.execute(statement)


def rows(power: int) -> str:
    """As much of a FROM as gives ten to this power of rows, out of nothing."""
    ten = "SELECT 0 n UNION ALL " * 9 + "SELECT 0"
    return ", ".join(f"({ten}) t{place}" for place in range(power))


@pytest.mark.parametrize("sql", ["SELECT SLEEP(1000)", f"SELECT COUNT(*) FROM {rows(12)}"], ids=["sleep", "work"])
def test_a_query_that_never_ends_is_ended(analyst: httpx.Client, superset: Stack, sql: str) -> None:
    began = time.monotonic()
    answer = query(analyst, sql)
    took = time.monotonic() - began
    assert took < 90
    if "SLEEP" not in sql:  # which Superset does not even send
        assert took > 25
        assert "max_statement_time exceeded" in answer.text
    assert answer.status_code >= 400
    nothing_of_the_inside(answer.text, superset)
    assert running_queries(superset) == 0


def running_queries(stack: Stack) -> int:
    with connect_as_administrator(places_of(stack.environment)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE command = 'Query' AND user = %s", (READER,)
        )
        [(count,)] = cursor.fetchall()
        return int(count)


def test_stop_ends_a_query_at_once_and_it_is_called_stopped(analyst: httpx.Client, superset: Stack) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(query, analyst, f"SELECT COUNT(*) FROM {rows(12)}", client_id="stop-me")
        wait_until(lambda: running_queries(superset) == 1)
        answer = analyst.post("/api/v1/query/stop", json={"client_id": "stop-me"})
        assert answer.status_code == 200, answer.text
        asked.result(timeout=60)
    assert time.monotonic() - began < 25
    newest = {"q": "(order_column:start_time,order_direction:desc,page_size:1)"}
    assert analyst.get("/api/v1/query/", params=newest).json()["result"][0]["status"] == "stopped"


def test_ten_million_rows_are_cut(analyst: httpx.Client) -> None:
    answer = query(analyst, f"SELECT 1 x FROM {rows(7)}", queryLimit=10_000_000)
    assert answer.status_code == 200, answer.text[:500]
    # So many are shown; so many may be downloaded.
    assert len(answer.json()["data"]) == 10_000
    assert answer.json()["query"]["rows"] <= 100_000


def test_an_employee_has_no_sql_lab(superset: Stack) -> None:
    with with_token(superset, "employee") as client:
        body = {"database_id": 1, "sql": "SELECT 1", "runAsync": False}
        assert client.post("/api/v1/sqllab/execute/", json=body).status_code == 403


def test_no_secret_is_in_a_log_or_in_a_list_of_processes(superset: Stack) -> None:
    secrets = secrets_of(superset)
    logs = list(places_of(superset.environment).logs.iterdir())
    assert {path.name for path in logs} >= {"mysql.log", "redis.log", "superset.log", "supervisor.log"}
    texts = {str(path): path.read_text(errors="replace") for path in logs}
    commands = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    assert any(str(superset.home) in command for command in commands)
    texts["the list of processes"] = "\n".join(commands)
    assert [(name, place) for place, text in texts.items() for name, value in secrets.items() if value in text] == []


def test_no_server_holds_secrets_that_are_not_its_own(superset: Stack) -> None:
    own = {"mysql": set[str](), "redis": set[str]()}
    own["superset"] = set(SECRETS) - {"GROUNDUP_MYSQL_LOADER_PASSWORD", "GROUNDUP_AIRFLOW_SECRET_KEY"}
    for service, process in Supervisord(places_of(superset.environment)).processes().items():
        if service in own:
            assert process.pid
            held = Path(f"/proc/{process.pid}/environ").read_bytes().decode()
            assert {name for name, value in secrets_of(superset).items() if value in held} == own[service], service


def test_all_keys_and_passwords_can_be_changed(superset: Stack) -> None:
    """The last test: afterwards the old ones are worth nothing, and nothing that was stored is lost."""
    old = superset.environment
    address = f"mysql+pymysql://{READER}@127.0.0.1:{old.mysql_port}/{REPORTS_DATABASE}"
    with with_token(superset, "admin") as client:
        body = {"database_name": "Extra", "sqlalchemy_uri": address, "masked_encrypted_extra": '{"echo": false}'}
        made = client.post("/api/v1/database/", json=body)
        assert made.status_code == 201, made.text
        extra = made.json()["id"]
        token = client.headers["Authorization"]
        before = encrypted(superset, extra), stored(client, extra)
    given = secrets_of(superset).items()
    changed = {name: f"changed-{place}-{value[::-1]}" for place, (name, value) in enumerate(given)}
    old.secrets_file.write_text("".join(f"{name}={value}\n" for name, value in changed.items()))
    superset.run("up", "superset", GROUNDUP_SUPERSET_PREVIOUS_SECRET_KEY=old.superset_secret_key)
    new = superset.environment
    assert new.superset_secret_key == changed["GROUNDUP_SUPERSET_SECRET_KEY"]
    with with_token(superset, "admin") as client:
        after = encrypted(superset, extra), stored(client, extra)
        assert client.delete(f"/api/v1/database/{extra}").status_code == 200
    assert after[0] != before[0]
    assert "echo" in after[1]
    assert after[1] == before[1]
    with visit(superset, Authorization=token) as thief:
        assert thief.get("/api/v1/dashboard/").status_code in {401, 422}
    with visit(superset) as client:
        body = {"username": "admin", "password": old.admin_password, "provider": "db"}
        assert client.post("/api/v1/security/login", json=body).status_code == 401
    for user, password in ((READER, old.mysql_reader_password), (LOADER, old.mysql_loader_password)):
        with pytest.raises(pymysql.MySQLError, match="denied"):
            pymysql.connect(host="127.0.0.1", port=old.mysql_port, user=user, password=password)
    former = redis.Redis(port=old.redis_port, password=old.redis_password)
    with closing(former), pytest.raises(redis.RedisError):
        former.ping()
    with with_token(superset, "analyst") as client:
        assert query(client, "SELECT COUNT(*) n FROM slices").status_code == 200


def encrypted(stack: Stack, database: int) -> bytes:
    """As it lies in Superset's metadata."""
    with connect_as_administrator(places_of(stack.environment)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT encrypted_extra FROM {SUPERSET_DATABASE}.dbs WHERE id = %s", (database,))
        return bytes(cursor.fetchall()[0][0])


def stored(client: httpx.Client, database: int) -> str:
    """As Superset reads it."""
    answer = client.get(f"/api/v1/database/{database}/connection")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["result"]["masked_encrypted_extra"])
