"""BigQuery in SQL Lab and in charts, for the data team alone, each query within its limits and in its person's name.

A real Superset asks bqemulator, which computes the answers; the proxy between the two keeps what was sent, and says
what a dry run would.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from google.cloud import bigquery

from loaders.bigquery_prices import MIB, TIB
from superset_config.bigquery_reader import SPENT
from tests.bigquery.fake import Fault, Request
from tests.bigquery.proxy import JOBS, Proxy, running_proxy
from tests.conftest import Stack, new_stack
from tests.loaders.warehouse.engines import client_at
from tests.superset_config.test_hardening import with_token
from tests.waiting import wait_until

LIMIT = 10 * 1024 * MIB
SCORES = "SELECT player, SUM(points) AS points FROM game.scores GROUP BY player ORDER BY player"
READ = [{"player": "ada", "points": 7}, {"player": "bo", "points": 5}]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("bqemulator") / "log") as proxy:
        client = client_at(proxy.address)
        client.create_dataset("game")
        fields = [bigquery.SchemaField("player", "STRING"), bigquery.SchemaField("points", "INT64")]
        table = client.create_table(bigquery.Table("acme.game.scores", schema=fields))
        assert client.insert_rows_json(table, READ) == []
        yield proxy


@pytest.fixture(scope="module")
def superset(proxy: Proxy, module_folder: Path) -> Iterator[Stack]:
    bare = new_stack(module_folder)
    settings = {
        "GROUNDUP_SQLLAB_BIGQUERY_PROJECT": "acme",
        "GROUNDUP_SQLLAB_BIGQUERY_MAX_BYTES": str(LIMIT),
        "GROUNDUP_BIGQUERY_ENDPOINT": proxy.address,
    }
    stack = Stack(bare.home, {**bare.variables, **settings})
    stack.run("up", "superset", "worker")
    yield stack
    stack.run("down", check=False)


@pytest.fixture
def asked(proxy: Proxy, superset: Stack) -> Iterator[list[Request]]:
    """The jobs that the test has Superset ask for; whatever the test before it has spent is forgotten."""
    with closing(redis_of(superset)) as store:
        store.delete(SPENT)
    proxy.jobs.clear()
    yield proxy.jobs
    proxy.faults, proxy.processed = [], 0


def redis_of(stack: Stack) -> Any:
    return redis.Redis(port=stack.environment.redis_port, password=stack.environment.redis_password, db=3)


@pytest.fixture(scope="module")
def analyst(superset: Stack) -> Iterator[httpx.Client]:
    with with_token(superset, "analyst") as client:
        yield client


@pytest.fixture(scope="module")
def employee(superset: Stack) -> Iterator[httpx.Client]:
    with with_token(superset, "employee") as client:
        yield client


def database(client: httpx.Client) -> int:
    found = client.get("/api/v1/database/", params={"q": "(filters:!((col:database_name,opr:eq,value:BigQuery)))"})
    return int(found.json()["ids"][0])


def ask(client: httpx.Client, sql: str, **more: Any) -> httpx.Response:
    """As SQL Lab asks it."""
    number = more.pop("database_id", None) or database(client)
    body = {"database_id": number, "sql": sql, "runAsync": False, "schema": "game", **more}
    return client.post("/api/v1/sqllab/execute/", json=body)


def said(answer: httpx.Response) -> str:
    assert answer.status_code >= 400, answer.text[:1000]
    assert "Traceback" not in answer.text
    return str(answer.json()["errors"][0]["message"])


def held(request: Request) -> tuple[Any, ...]:
    """What a job was sent with, apart from its statement."""
    config = request.body["configuration"]
    labels = config["labels"]
    most = config["query"].get("maximumBytesBilled")
    return labels["app"], labels["from"], labels["user"], request.is_dry, most, config.get("jobTimeoutMs")


DRY = ("groundup", "sql_lab", "analyst", True, None, None)
RUN = ("groundup", "sql_lab", "analyst", False, str(LIMIT), "50000")


def test_a_query_is_estimated_then_run_within_its_limit_in_its_persons_name(
    analyst: httpx.Client, asked: list[Request]
) -> None:
    answer = ask(analyst, SCORES, queryLimit=7)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == READ
    assert [held(each) for each in asked] == [DRY, RUN]
    assert asked[0].config["query"] == asked[1].config["query"]
    assert asked[1].config["query"].endswith("LIMIT 8")


def test_tables_and_columns_are_there_to_be_chosen_and_no_row_is_read_for_it(
    analyst: httpx.Client, asked: list[Request]
) -> None:
    of = f"/api/v1/database/{database(analyst)}"
    assert analyst.get(f"{of}/schemas/", params={"q": "(force:!t)"}).json()["result"] == ["game"]
    tables = analyst.get(f"{of}/tables/", params={"q": "(schema_name:game,force:!t)"}).json()
    assert [each["value"] for each in tables["result"]] == ["scores"]
    columns = analyst.get(f"{of}/table_metadata/", params={"name": "scores", "schema": "game"})
    assert columns.status_code == 200, columns.text
    assert [each["name"] for each in columns.json()["columns"]] == ["player", "points"]
    listed = {each["database_name"]: each for each in analyst.get("/api/v1/database/").json()["result"]}
    assert (listed["BigQuery"]["disable_data_preview"], listed["BigQuery"]["allows_cost_estimate"]) == (True, True)
    assert all("INFORMATION_SCHEMA" in each.config["query"] for each in asked)
    assert {held(each)[0:3] for each in asked} <= {("groundup", "other", "analyst")}
    assert {held(each)[4] for each in asked if not each.is_dry} <= {str(LIMIT)}


def test_the_cost_is_shown_before(analyst: httpx.Client, proxy: Proxy, asked: list[Request]) -> None:
    proxy.processed = 3 * 1024 * MIB
    body = {"database_id": database(analyst), "sql": SCORES, "schema": "game"}
    answer = analyst.post("/api/v1/sqllab/estimate/", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"] == [{"Billed": "3.0 GiB", "Costs": "$0.02", "At most": "10.0 GiB ($0.06)"}]
    assert [held(each) for each in asked] == [DRY]
    shown = analyst.get(f"/api/v1/database/{database(analyst)}").json()["result"]
    assert (shown["allow_dml"], shown["expose_in_sqllab"]) == (False, True)


def test_what_would_cost_too_much_is_refused_with_the_figure(
    analyst: httpx.Client, proxy: Proxy, asked: list[Request]
) -> None:
    proxy.processed = TIB
    sentence = said(ask(analyst, SCORES))
    assert "would be billed 1.0 TiB ($6.25), and one query may be billed 10.0 GiB ($0.06)" in sentence
    assert "Read fewer columns" in sentence
    assert all(each.is_dry for each in asked)
    assert asked


def test_a_day_has_so_many_dollars(analyst: httpx.Client, superset: Stack, proxy: Proxy, asked: list[Request]) -> None:
    proxy.processed = 8 * 1024 * MIB
    with closing(redis_of(superset)) as store:
        assert ask(analyst, SCORES).status_code == 200
        (day,) = store.hkeys(SPENT)
        store.hset(SPENT, day, "9.99")
        asked.clear()
        sentence = said(ask(analyst, SCORES))
        assert "would cost $0.05, and $9.99 of the $10.00 for all queries of a day" in sentence
        assert [each.is_dry for each in asked] == [True]
        assert float(store.hget(SPENT, day)) == pytest.approx(9.99)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM game.scores WHERE TRUE",
        "CREATE TABLE game.copy AS SELECT * FROM game.scores",
        "SET @@query_label = 'user:boss'; SELECT * FROM game.scores",
        "SELECT 1; DROP TABLE game.scores",
        "DECLARE x INT64 DEFAULT 1; SELECT x",
        # The emulator carries scripts out even when they are asked for dry.
        "BEGIN DELETE FROM game.scores WHERE FALSE; END",
        "EXECUTE IMMEDIATE 'DELETE FROM game.scores WHERE FALSE'",
        "EXPORT DATA OPTIONS (uri='gs://elsewhere/*', format='CSV') AS SELECT * FROM game.scores",
        "CALL game.something()",
    ],
)
def test_nothing_but_one_select_is_ever_run(analyst: httpx.Client, asked: list[Request], sql: str) -> None:
    assert said(ask(analyst, sql))
    assert all(each.is_dry for each in asked)
    assert ask(analyst, SCORES).json()["data"] == READ


def test_neither_a_request_nor_a_database_of_the_administrators_own_lifts_the_limit(
    superset: Stack, analyst: httpx.Client, asked: list[Request], proxy: Proxy
) -> None:
    wish = {"maximum_bytes_billed": 2**60, "labels": {"user": "boss"}, "dry_run": False}
    arguments = {"engine_params": {"connect_args": {"job_config": wish}, "credentials_path": "/x"}}
    address = "bigquery://other/game?maximum_bytes_billed=9223372036854775807&priority=BATCH&user_supplied_client=false"
    with with_token(superset, "admin") as admin:
        made = admin.post(
            "/api/v1/database/",
            json={"database_name": "Unlimited", "sqlalchemy_uri": address, "extra": json.dumps(arguments)},
        )
        assert made.status_code == 201, made.text
        number = made.json()["id"]
        proxy.jobs.clear()
        more = {"templateParams": json.dumps(wish), "database_id": number, "catalog": "other"}
        answer = ask(analyst, "SELECT 1 AS one /* {{ 1 + 1 }} */", **more)
        assert admin.delete(f"/api/v1/database/{number}").status_code == 200
    assert answer.status_code == 200, answer.text
    assert [held(each) for each in asked] == [DRY, RUN]
    assert {each.path.partition("?")[0] for each in asked} == {"/bigquery/v2/projects/acme/jobs"}


def test_the_worker_is_held_to_the_same(analyst: httpx.Client, asked: list[Request]) -> None:
    """The page does not offer it, but who asks for it has the query run in the background."""
    answer = ask(analyst, SCORES, runAsync=True)
    assert answer.status_code == 202, answer.text
    wait_until(lambda: len(asked) > 1)
    assert [held(each) for each in asked] == [DRY, RUN]


def stop_while_it_runs(client: httpx.Client, proxy: Proxy, asked: list[Request]) -> list[httpx.Response]:
    """What is answered to *Stop*, and to the query that it is meant for; answers come again after it."""
    name = uuid.uuid4().hex[:8]
    proxy.is_slow.set()
    try:
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(ask, client, SCORES, client_id=name)
            wait_until(lambda: len(asked) > 1)
            stopped = client.post("/api/v1/query/stop", json={"client_id": name})
            proxy.is_slow.clear()
            return [stopped, waiting.result(timeout=60)]
    finally:
        proxy.is_slow.clear()


def newest_state(client: httpx.Client) -> str:
    newest = {"q": "(order_column:start_time,order_direction:desc,page_size:1)"}
    return str(client.get("/api/v1/query/", params=newest).json()["result"][0]["status"])


def test_stop_in_sql_lab_stops_the_job(analyst: httpx.Client, proxy: Proxy, asked: list[Request]) -> None:
    # The emulator does not end jobs that are done, so the proxy says what Google would.
    proxy.faults = [Fault("GET", "/queries/", 400, "stopped", "Job execution was cancelled", times=9)]
    stopped, _ = stop_while_it_runs(analyst, proxy, asked)
    assert stopped.status_code == 200, stopped.text
    assert proxy.stopped == [asked[1].job_id]
    assert newest_state(analyst) == "stopped"


def test_what_cannot_be_stopped_goes_on(analyst: httpx.Client, proxy: Proxy, asked: list[Request]) -> None:
    proxy.faults = [Fault("POST", "/cancel", 404, "notFound", "Not found: Job")]
    stopped, answer = stop_while_it_runs(analyst, proxy, asked)
    assert stopped.status_code == 422
    assert "Could not cancel query" in stopped.text
    assert answer.json()["data"] == READ
    assert newest_state(analyst) == "success"


def test_google_out_of_order_is_one_sentence(analyst: httpx.Client, proxy: Proxy, asked: list[Request]) -> None:
    proxy.faults = [Fault("POST", JOBS, 403, "quotaExceeded", "Quota exceeded: too many", times=9)]
    sentence = "BigQuery refuses: Quota exceeded: too many. Wait until the quota is renewed, or have it raised."
    assert said(ask(analyst, SCORES)) == f"bigquery error: {sentence}"
    proxy.faults = [
        Fault("POST", JOBS, 400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1. 2 required.")
    ]
    assert "it would be billed more than" in said(ask(analyst, SCORES))


def test_a_column_that_is_not_there(analyst: httpx.Client, asked: list[Request]) -> None:
    assert "gone" in said(ask(analyst, "SELECT gone FROM game.scores"))
    body = {"database_id": database(analyst), "sql": "SELECT gone FROM game.scores", "schema": "game"}
    estimated = analyst.post("/api/v1/sqllab/estimate/", json=body)
    assert "gone" in said(estimated)


@pytest.fixture(scope="module")
def dataset(analyst: httpx.Client) -> Iterator[int]:
    """One of the data team's own, on BigQuery."""
    body = {"database": database(analyst), "schema": "game", "table_name": "scores"}
    made = analyst.post("/api/v1/dataset/", json=body)
    assert made.status_code == 201, made.text
    yield int(made.json()["id"])
    analyst.delete(f"/api/v1/dataset/{made.json()['id']}")


def chart(dataset: int) -> dict[str, Any]:
    query = {
        "columns": ["player"],
        "metrics": [{"expressionType": "SQL", "sqlExpression": "SUM(points)", "label": "points"}],
        "orderby": [["player", True]],
        "row_limit": 100,
    }
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
        "force": True,
    }


def test_a_chart_is_held_to_the_same(analyst: httpx.Client, dataset: int, proxy: Proxy, asked: list[Request]) -> None:
    asked.clear()
    where = {"Referer": f"{analyst.base_url}/explore/?x=1"}
    answer = analyst.post("/api/v1/chart/data", json=chart(dataset), headers=where)
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"][0]["data"] == READ
    expected = [(*held_by[:1], "chart", *held_by[2:]) for held_by in (DRY, RUN)]
    assert [held(each) for each in asked] == expected
    proxy.processed = TIB
    refused = analyst.post("/api/v1/chart/data", json=chart(dataset), headers=where)
    assert "one query may be billed 10.0 GiB" in refused.text


def test_employees_neither_see_it_nor_ask_it(
    superset: Stack, analyst: httpx.Client, employee: httpx.Client, dataset: int, asked: list[Request]
) -> None:
    number = database(analyst)
    asked.clear()
    assert employee.get("/api/v1/database/").status_code == 403
    assert employee.get(f"/api/v1/database/{number}").status_code in {403, 404}
    assert ask(employee, SCORES, database_id=number).status_code == 403
    body = {"database_id": number, "sql": SCORES, "schema": "game"}
    assert employee.post("/api/v1/sqllab/estimate/", json=body).status_code == 403
    seen = employee.get("/api/v1/dataset/", params={"q": "(page_size:100)"}).json()
    assert seen["count"] > 5
    assert {each["database"]["database_name"] for each in seen["result"]} == {"Reports"}
    assert employee.get(f"/api/v1/dataset/{dataset}").status_code == 404
    answer = employee.post("/api/v1/chart/data", json=chart(dataset))
    assert answer.status_code == 403, answer.text
    assert asked == []


def test_a_page_for_employees_does_not_open_it_to_them(
    superset: Stack, analyst: httpx.Client, employee: httpx.Client, dataset: int, asked: list[Request]
) -> None:
    """Superset lets whoever may see a page ask for its charts' figures."""
    with with_token(superset, "admin") as admin:
        roles = admin.get("/api/v1/security/roles/").json()["result"]
        role = next(each["id"] for each in roles if each["name"] == "Employee")
        page = {"dashboard_title": "For everybody", "published": True, "roles": [role]}
        made = admin.post("/api/v1/dashboard/", json=page)
        assert made.status_code == 201, made.text
        number = made.json()["id"]
        drawn = {
            "slice_name": "Scores",
            "viz_type": "table",
            "datasource_id": dataset,
            "datasource_type": "table",
            "dashboards": [number],
            "params": json.dumps({"datasource": f"{dataset}__table", "viz_type": "table", "dashboardId": number}),
        }
        slice_made = admin.post("/api/v1/chart/", json=drawn)
        assert slice_made.status_code == 201, slice_made.text
        asked.clear()
        body = {**chart(dataset), "form_data": {"dashboardId": number, "slice_id": slice_made.json()["id"]}}
        answer = employee.post("/api/v1/chart/data", json=body)
        admin.delete(f"/api/v1/chart/{slice_made.json()['id']}")
        admin.delete(f"/api/v1/dashboard/{number}")
    assert answer.status_code == 403, answer.text
    assert "for the data team alone" in answer.text
    assert asked == []


def test_the_folders_and_the_instance_agree(superset: Stack) -> None:
    assert superset.run("assets", "plan", "--exit-code").returncode == 0


def test_without_the_setting_it_is_gone(superset: Stack, dataset: int) -> None:
    """The last test."""
    off = {"GROUNDUP_SQLLAB_BIGQUERY_PROJECT": ""}
    superset.run("up", "superset", **off)
    with with_token(superset, "analyst") as client:
        assert "GROUNDUP_SQLLAB_BIGQUERY_PROJECT" in said(ask(client, SCORES))
    assert "- database 'BigQuery' (databases/BigQuery.yaml)" in superset.run("assets", "plan", **off).stdout
    used = superset.run("assets", "apply", "--prune", check=False, **off)
    assert "database BigQuery is used by game.scores; that comes first" in used.stderr
    with with_token(superset, "analyst") as client:
        assert client.delete(f"/api/v1/dataset/{dataset}").status_code == 200
    superset.run("assets", "apply", "--prune", **off)
    with with_token(superset, "analyst") as client:
        found = client.get("/api/v1/database/").json()["result"]
        assert [each["database_name"] for each in found] == ["Reports"]
