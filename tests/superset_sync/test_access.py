"""Who sees what: a role of a team's own, the pages that it sees, and the rows that it is held to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from superset_sync.client import SupersetClient
from superset_sync.errors import RefusedError
from superset_sync.written import write
from tests.conftest import Stack
from tests.superset_sync.conftest import copied_folders
from tests.superset_sync.live_superset import UUIDS, Superset

COUNTRY = "Germany"
PAGE, OTHER_PAGE = "dashboards/daily_report.yaml", "dashboards/growth.yaml"
DATASET, OTHER_DATASET = "datasets/Reports/daily_report.yaml", "datasets/Reports/growth.yaml"
CHART = "charts/active_users_day.yaml"
RULE = {
    "name": "Partners see Germany",
    "datasets": ["active_users", "daily_report"],
    "clause": f"country = '{COUNTRY}'",
    "group_key": "country",
}
PARTNER = {
    "name": "Partner",
    "based_on": ["Employee"],
    "never": ["database_access on *"],
    "row_filters": [RULE],
}
# May ask the datasets themselves, and is held to the rows there as well.
BRANCH = {"name": "Branch", "based_on": ["Employee"], "row_filters": [{**RULE, "name": "Branches see Germany"}]}
PASSWORD = "a partner's password"


@pytest.fixture(scope="module")
def superset(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    """The loaded stack, where Partner and Branch see one country, and Partner one page; put back afterwards."""
    found = Superset(stack, copied_folders(tmp_path_factory.mktemp("access") / "folders"))
    for role in (PARTNER, BRANCH):
        (found.folders / f"roles/{role['name']}.yaml").write_text(write(role))
    found.write(PAGE, roles=["Analyst", "Employee", "Partner"])
    found.apply()
    with found.client() as client:
        roles = client.list("/api/v1/security/roles/", ["id", "name"])
        users = []
        for name in ("partner", "branch"):
            role = next(item["id"] for item in roles if item["name"] == name.capitalize())
            user = {"username": name, "first_name": "Pia", "last_name": name, "email": f"{name}@example.com"}
            account = {**user, "active": True, "roles": [role], "password": PASSWORD}
            users.append(client.post("/api/v1/security/users/", account)["id"])
        yield found
        for number in users:
            client.delete(f"/api/v1/security/users/{number}")
    found.run("apply", "--force", "--prune")


@pytest.fixture(scope="module")
def partner(superset: Superset) -> Iterator[SupersetClient]:
    with SupersetClient(superset.stack.environment.superset_url, "partner", PASSWORD) as client:
        yield client


@pytest.fixture(scope="module")
def employee(superset: Superset) -> Iterator[SupersetClient]:
    with superset.client("employee") as client:
        yield client


def numbers(superset: Superset, kind: str, *files: str) -> list[int]:
    with superset.client() as client:
        return [superset.number(client, kind, UUIDS[file]) for file in files]


def pages(client: SupersetClient) -> set[str]:
    return {item["slug"] for item in client.list("/api/v1/dashboard/", ["id", "slug"])}


def ask(
    client: SupersetClient, dataset: int, context: dict[str, Any] | None, result_type: str = "full", **query: Any
) -> dict[str, Any]:
    """A chart's question, as the page sends it; `context` is the page and the chart from which it comes."""
    body = {
        "datasource": {"id": dataset, "type": "table"},
        "force": False,
        "queries": [{"columns": ["date"], "filters": [], "orderby": [], "row_limit": 10_000, **query}],
        "form_data": context or {},
        "result_format": "json",
        "result_type": result_type,
    }
    (found,) = client.post("/api/v1/chart/data", body)["result"]
    return dict(found)


def in_the_store(superset: Superset, condition: str) -> dict[str, int]:
    environment = superset.stack.environment
    connection = pymysql.connect(
        host=environment.mysql_host,
        port=environment.mysql_port,
        user="groundup_reader",
        password=environment.mysql_reader_password,
        database="reports",
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT date, SUM(dau) FROM daily_report WHERE {condition} GROUP BY date HAVING SUM(dau) > 0")
        return {str(date): int(users) for date, users in cursor.fetchall()}


def users_by_day(answer: dict[str, Any]) -> dict[str, int]:
    rows = answer["data"]
    figure = next(key for key in rows[0] if key != "date")
    return {str(row["date"]): int(row[figure]) for row in rows if row[figure]}


DAU = {"metrics": [{"expressionType": "SQL", "sqlExpression": "SUM(dau)", "label": "users"}]}
DAY = {"columns": [{"expressionType": "SQL", "sqlExpression": "CAST(date AS CHAR)", "label": "date"}]}


def test_a_page_with_roles_is_for_them_alone(
    superset: Superset, partner: SupersetClient, employee: SupersetClient
) -> None:
    with superset.client("analyst") as analyst:
        everything = pages(analyst)
    assert "growth" in everything
    assert pages(employee) == everything
    assert pages(partner) == {"daily-report"}
    assert partner.get("/api/v1/dashboard/daily-report")["result"]["slug"] == "daily-report"
    with pytest.raises(RefusedError, match=r"403|404"):
        partner.get("/api/v1/dashboard/growth")


def test_a_page_asks_for_nobody_who_may_not_see_it(
    superset: Superset, partner: SupersetClient, employee: SupersetClient
) -> None:
    page, other_page = numbers(superset, "dashboard", PAGE, OTHER_PAGE)
    (chart,) = numbers(superset, "chart", CHART)
    dataset, other = numbers(superset, "dataset", DATASET, OTHER_DATASET)
    context = {"dashboardId": page, "slice_id": chart}
    assert ask(partner, dataset, context, **DAU)["rowcount"]
    for refused in (None, {"dashboardId": other_page, "slice_id": chart}):
        with pytest.raises(RefusedError, match="403"):
            ask(partner, dataset, refused, **DAU)
    with pytest.raises(RefusedError, match="403"):
        ask(partner, other, context, metrics=["total"])
    assert ask(employee, dataset, None, **DAU)["rowcount"]


def test_a_row_filter_holds_though_somebody_else_s_answer_is_cached_and_a_rollup_would_be_read(
    superset: Superset, partner: SupersetClient, employee: SupersetClient
) -> None:
    (page,), (chart,) = numbers(superset, "dashboard", PAGE), numbers(superset, "chart", CHART)
    (dataset,) = numbers(superset, "dataset", DATASET)
    context = {"dashboardId": page, "slice_id": chart}
    everybody = ask(employee, dataset, context, **DAY, **DAU)
    assert "daily_report_by_platform" in everybody["query"]
    assert users_by_day(everybody) == in_the_store(superset, "TRUE")
    germany = in_the_store(superset, f"country = '{COUNTRY}'")
    assert germany
    for _ in range(2):
        held = ask(partner, dataset, context, **DAY, **DAU)
        assert users_by_day(held) == germany
    assert held["is_cached"]
    assert "daily_report_by_platform" not in held["query"]


@pytest.mark.parametrize("column", ["country", "platform"])
def test_a_row_filter_holds_where_rollups_by_another_key_would_fit(
    superset: Superset, partner: SupersetClient, column: str
) -> None:
    (page,), (chart,) = numbers(superset, "dashboard", PAGE), numbers(superset, "chart", CHART)
    (dataset,) = numbers(superset, "dataset", DATASET)
    answer = ask(partner, dataset, {"dashboardId": page, "slice_id": chart}, columns=[column], **DAU)
    total = sum(row["users"] for row in answer["data"])
    assert total == sum(in_the_store(superset, f"country = '{COUNTRY}'").values())
    if column == "country":
        assert [row["country"] for row in answer["data"]] == [COUNTRY]


def test_a_row_filter_cannot_be_talked_out_of(superset: Superset, partner: SupersetClient) -> None:
    (page,), (chart,) = numbers(superset, "dashboard", PAGE), numbers(superset, "chart", CHART)
    (dataset,) = numbers(superset, "dataset", DATASET)
    context = {"dashboardId": page, "slice_id": chart}
    answer = ask(partner, dataset, context, **DAU, columns=["country"], extras={"where": "1 = 1 OR country <> ''"})
    assert [row["country"] for row in answer["data"]] == [COUNTRY]
    answer = ask(
        partner, dataset, context, **DAU, columns=["country"], filters=[{"col": "country", "op": "!=", "val": COUNTRY}]
    )
    assert answer["data"] == []


def test_a_row_filter_holds_in_rows_samples_and_drills(superset: Superset) -> None:
    (dataset,) = numbers(superset, "dataset", DATASET)
    url = superset.stack.environment.superset_url
    with SupersetClient(url, "branch", PASSWORD) as branch, superset.client("employee") as employee:
        seen = []
        for client in (branch, employee):
            answers = [
                ask(client, dataset, None, kind, columns=["country", "platform"], metrics=[])
                for kind in ("full", "results", "samples", "drill_detail")
            ]
            seen.append([{row["country"] for row in answer["data"]} for answer in answers])
        assert all(found == {COUNTRY} for found in seen[0]), seen[0]
        assert all(len(found) > 1 for found in seen[1]), seen[1]


def test_a_role_that_somebody_has_alone_is_not_deleted(superset: Superset, tmp_path: Path) -> None:
    folders = copied_folders(tmp_path / "folders")
    refused = superset.run("apply", "--from", str(folders), "--prune", check=False)
    assert refused.returncode == 1
    assert "role Branch is the only one of branch; give them another first" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("account", "may"), [("analyst", True), ("employee", False)])
@pytest.mark.parametrize(("kind", "file", "field"), [("chart", CHART, "slice_name"), ("dashboard", PAGE, "css")])
def test_the_data_team_saves_what_is_managed_and_nobody_else(
    superset: Superset, account: str, may: bool, kind: str, file: str, field: str
) -> None:
    (number,) = numbers(superset, kind, file)
    with superset.client(account) as client:
        before = client.get(f"/api/v1/{kind}/{number}")["result"][field]
        if not may:
            with pytest.raises(RefusedError, match="403"):
                client.put(f"/api/v1/{kind}/{number}", {field: "Changed"})
            return
        client.put(f"/api/v1/{kind}/{number}", {field: "Changed"})
        assert client.get(f"/api/v1/{kind}/{number}")["result"][field] == "Changed"
        client.put(f"/api/v1/{kind}/{number}", {field: before})
