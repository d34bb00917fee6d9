"""Assets between the folders and two real Supersets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pymysql
import pytest

from settings.environment import PROJECT
from superset_sync.annotations import layers
from superset_sync.apply import make_order, read_source
from superset_sync.assets import KINDS, read_assets
from superset_sync.check_roles import permissions
from superset_sync.errors import ChangedMeanwhileError, RefusedError, VersionError
from superset_sync.live import PATH, read_live
from superset_sync.plan import make_plan
from superset_sync.resolved import Instance, resolve
from superset_sync.written import write
from tests.conftest import Stack
from tests.superset_sync.live_superset import UUIDS, Superset, run

ASSETS = read_assets(PROJECT)
CHART = "charts/new_users.yaml"
OTHER_CHART = "charts/stickiness.yaml"


def files_below(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for kind in KINDS for path in (root / kind).rglob("*.*")
    }


def test_an_export_passes_through_an_empty_superset_byte_by_byte(stack: Stack, second: Stack, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    run(stack, "apply", "--force", "--prune")
    run(stack, "export", "--to", str(one))
    # Of a database that is not set up here, there is nothing to export.
    there = {file: content for file, content in files_below(PROJECT).items() if file != "databases/BigQuery.yaml"}
    assert files_below(one) == there
    assert run(second, "plan", "--exit-code", check=False).returncode == 3
    run(second, "apply", "--from", str(one))
    run(second, "export", "--to", str(other))
    assert files_below(other) == files_below(one)
    assert run(second, "plan", "--exit-code").stdout == "Superset is as the folders say.\n"
    assert "nothing was sent" in run(second, "apply").stdout


def test_an_edit_in_the_browser_becomes_the_lines_that_changed_in_one_file(superset: Superset) -> None:
    before = files_below(superset.folders)
    params = superset.shown(CHART)["params"]
    noise = {"slice_id": 7, "dashboards": [1], "datasource": "7__table"}
    changed = json.dumps(dict(sorted({**params, **noise, "compare_lag": 77}.items())))
    superset.edit(CHART, params=changed, query_context="{}", slice_name="People who came")
    said = superset.run("export", "--to", str(superset.folders)).stdout
    assert f"{CHART} is written." in said
    after = files_below(superset.folders)
    assert [file for file in after if after[file] != before[file]] == [CHART]
    lines = set(after[CHART].decode().splitlines()) ^ set(before[CHART].decode().splitlines())
    name = next(asset.content["slice_name"] for _, asset in ASSETS if asset.file == CHART)
    lag = params["compare_lag"]
    assert lines == {
        *(f"slice_name: {name}", "slice_name: People who came"),
        *(f"  compare_lag: {lag}", "  compare_lag: 77"),
    }
    assert "nothing was sent" in superset.apply().stdout


def test_an_edit_in_the_browser_is_shown_and_not_overwritten_unasked(superset: Superset) -> None:
    superset.edit(CHART, slice_name="People who came")
    planned = superset.run("plan", "--exit-code", check=False)
    assert planned.returncode == 3
    assert '    slice_name: "People who came" → ' in planned.stdout
    assert "changed in Superset by Data team at " in planned.stdout
    refused = superset.run("apply", check=False)
    assert refused.returncode == 1
    assert "`groundup assets export`" in refused.stderr
    assert "`groundup assets apply --force`" in refused.stderr
    assert superset.shown(CHART)["slice_name"] == "People who came"


def test_a_conflict_is_decided_by_whoever_forces_and_can_be_undone(superset: Superset) -> None:
    superset.edit(CHART, slice_name="Theirs")
    superset.write(CHART, slice_name="Ours")
    superset.write(OTHER_CHART, slice_name="Another")
    for refused in (superset.apply(check=False), superset.run("export", "--to", str(superset.folders), check=False)):
        assert refused.returncode == 1
        assert CHART in refused.stderr
    assert superset.shown(OTHER_CHART)["slice_name"] != "Another"
    forced = superset.apply("--force").stdout
    assert superset.shown(CHART)["slice_name"] == "Ours"
    undo = forced.splitlines()[-1].partition("groundup ")[2].split()
    superset.run(*undo[1:])
    assert superset.shown(CHART)["slice_name"] == "Theirs"


def test_prune_deletes_what_was_applied_and_never_what_people_made(superset: Superset) -> None:
    with superset.client() as client:
        dataset = superset.number(client, "dataset", UUIDS["datasets/Reports/retention.yaml"])
    fields = {"slice_name": "Mine", "viz_type": "table", "params": "{}", "datasource_id": dataset}
    page = "dashboards/retention.yaml"
    reads = UUIDS["datasets/Reports/retention.yaml"]
    gone = [page, *(chart.file for chart in ASSETS.charts if chart.content["dataset_uuid"] == reads)]
    with superset.made_by_hand("chart", **fields, datasource_type="table"):
        before = superset.uuids()
        for file in gone:
            (superset.folders / file).unlink()
        # The pages link to each other; that is no business of this test.
        left = superset.apply().stdout
        assert "Left, though the folders dropped it: " in left
        assert superset.uuids() == before
        superset.apply("--prune")
        assert before - superset.uuids() == {UUIDS[file] for file in gone}
        (superset.folders / "datasets/Reports/retention.yaml").unlink()
        refused = superset.apply("--prune", check=False)
        assert refused.returncode == 1
        assert "is used by Mine" in refused.stderr
        assert UUIDS["datasets/Reports/retention.yaml"] in superset.uuids()


def test_a_chart_that_somebody_deleted_comes_back_to_its_pages(superset: Superset) -> None:
    superset.delete(CHART)
    assert "+ chart " in superset.run("plan").stdout
    superset.run("apply")
    with superset.client() as client:
        number = superset.number(client, "chart", UUIDS[CHART])
        for dashboard in read_assets(PROJECT).dashboards:
            charts = client.get(f"/api/v1/dashboard/{dashboard.content['slug']}/charts")["result"]
            placed = {
                item["meta"]["uuid"] for item in dashboard.content["position"].values() if "CHART" in str(item)[:20]
            }
            assert len(charts) == len(placed), dashboard.file
            if UUIDS[CHART] in placed:
                assert number in {chart["id"] for chart in charts}
    assert superset.run("plan", "--exit-code").returncode == 0


def test_a_chart_that_somebody_deleted_is_gone_after_an_export(superset: Superset) -> None:
    superset.delete(CHART)
    superset.run("export", "--to", str(superset.folders))
    assert not (superset.folders / CHART).exists()
    superset.apply()
    assert "as the folders say" in superset.plan()
    assert UUIDS[CHART] not in superset.uuids()


def test_a_dataset_that_somebody_deleted_comes_back_with_its_charts(superset: Superset) -> None:
    superset.delete("datasets/Reports/growth.yaml")
    superset.run("apply")
    with superset.client() as client:
        number = superset.number(client, "dataset", UUIDS["datasets/Reports/growth.yaml"])
        chart = superset.number(client, "chart", UUIDS["charts/growth_bars.yaml"])
        params = json.loads(client.get(f"/api/v1/chart/{chart}")["result"]["params"])
    assert params["datasource"] == f"{number}__table"


def test_what_superset_refuses_at_the_last_file_changes_nothing(superset: Superset) -> None:
    with superset.made_by_hand("dashboard", dashboard_title="Mine", slug="mine"):
        superset.write(CHART, slice_name="Ours")
        (superset.folders / "dashboards/own.yaml").write_text(
            write({"dashboard_title": "Own", "slug": "mine", "uuid": "44444444-0000-4000-8000-000000000009"})
        )
        order = _order(superset)
        with superset.client() as client, pytest.raises(RefusedError, match=r"own\.yaml: another one with slug mine"):
            client.post_once(PATH, order)
        assert superset.shown(CHART)["slice_name"] != "Ours"


def test_what_superset_cannot_hold_is_refused_with_everything_else(superset: Superset) -> None:
    superset.write(CHART, slice_name="Ours")
    superset.write(OTHER_CHART, slice_name="x" * 300)
    refused = superset.apply(check=False)
    assert refused.returncode == 1
    assert "Data too long" in refused.stderr
    assert superset.shown(CHART)["slice_name"] != "Ours"


def test_an_edit_between_plan_and_apply_is_not_overwritten(superset: Superset) -> None:
    superset.write(CHART, slice_name="Ours")
    order = _order(superset)
    superset.edit(CHART, slice_name="Theirs")
    with superset.client() as client, pytest.raises(ChangedMeanwhileError, match="nothing was applied"):
        client.post_once(PATH, order)
    assert superset.shown(CHART)["slice_name"] == "Theirs"


def _order(superset: Superset) -> dict[str, Any]:
    with superset.client() as client:
        live = read_live(client)
    assets = resolve(read_assets(superset.folders), Instance(live.permissions))
    plan = make_plan(assets, live)
    return make_order(assets, live, plan, plan.changes)


def test_a_kill_in_the_middle_leaves_all_or_nothing_and_the_next_apply_ends_it(superset: Superset) -> None:
    superset.write(CHART, slice_name="Ours")
    superset.write(OTHER_CHART, slice_name="Ours too")
    with superset.holding(OTHER_CHART) as wait:
        process = superset.start_apply()
        wait()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert superset.shown(CHART)["slice_name"] != "Ours"
    superset.apply()
    assert superset.shown(CHART)["slice_name"] == "Ours"
    assert superset.shown(OTHER_CHART)["slice_name"] == "Ours too"


def test_a_restart_of_superset_in_the_middle_is_waited_for(superset: Superset) -> None:
    superset.write(CHART, slice_name="Ours")
    superset.write(OTHER_CHART, slice_name="Ours too")
    with superset.holding(OTHER_CHART) as wait:
        process = superset.start_apply()
        wait()
        for server in _servers(superset.stack):
            server.kill()
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert "waiting for it" in err
    assert "2 changed" in out
    assert superset.shown(CHART)["slice_name"] == "Ours"
    assert superset.shown(OTHER_CHART)["slice_name"] == "Ours too"


def _servers(stack: Stack) -> list[psutil.Process]:
    port = str(stack.environment.superset_port)
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if "gunicorn" in line and any(part.endswith(f":{port}") for part in line):
            found.append(process)
    assert found
    return found


def test_a_session_that_expired_is_renewed(superset: Superset) -> None:
    environment = superset.stack.environment
    now = int(time.time())
    with superset.client() as client:
        token = client._http.headers["Authorization"].removeprefix("Bearer ")
        head, body, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        old = base64.urlsafe_b64encode(json.dumps({**claims, "exp": now - 60}).encode()).rstrip(b"=").decode()
        key = environment.superset_secret_key.encode()
        signature = hmac.new(key, f"{head}.{old}".encode(), hashlib.sha256).digest()
        expired = f"{head}.{old}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        client._http.headers["Authorization"] = f"Bearer {expired}"
        client._http.cookies.clear()
        answer = client._send("GET", PATH, 1)
        assert (answer.status_code, answer.json()["msg"]) == (401, "Token has expired")
        assert read_live(client).assets


def test_another_version_of_superset_is_refused(superset: Superset) -> None:
    class Newer(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            response.read()
            content = response.content.replace(b'"superset":"6.1.0"', b'"superset":"6.2.0"')
            return httpx.Response(response.status_code, content=content, headers={"content-type": "application/json"})

    with superset.client(transport=Newer()) as client, pytest.raises(VersionError, match=r"is version 6\.2\.0"):
        read_live(client)
    with superset.client() as client, pytest.raises(ChangedMeanwhileError, match=r"This is Superset 6\.1\.0"):
        client.post_once(PATH, {**_order(superset), "superset": "6.2.0"})


def test_only_the_administrator_sees_and_applies(superset: Superset) -> None:
    for account in ("analyst", "employee"):
        with superset.client(account) as client:
            for forbidden in (lambda: client.get_ours(PATH), lambda: client.post_once(PATH, _order(superset))):
                with pytest.raises(RefusedError, match="403"):
                    forbidden()


def test_the_data_team_owns_every_managed_asset(superset: Superset) -> None:
    with superset.client() as client:
        users = client.list("/api/v1/security/users/", ["id", "username"])
        owners = sorted(user["id"] for user in users if user["username"] in ("admin", "analyst"))
        client.put(f"/api/v1/chart/{superset.number(client, 'chart', UUIDS[CHART])}", {"owners": []})
        superset.run("apply")
        managed = {asset.uuid for kind, asset in ASSETS if kind in {"datasets", "charts", "dashboards"}}
        for kind in ("dataset", "chart", "dashboard"):
            for item in client.list(f"/api/v1/{kind}/", ["id", "uuid", "owners.id"]):
                if item["uuid"] in managed:
                    assert sorted(owner["id"] for owner in item["owners"]) == owners


def test_releases_mark_the_time_series(superset: Superset) -> None:
    with superset.client() as client:
        numbers = {item["uuid"]: item["id"] for item in client.list("/api/v1/chart/", ["id", "uuid"])}
        marked = [chart for chart in ASSETS.charts if layers(chart)]
        assert marked
        for chart in marked:
            live = json.loads(client.get(f"/api/v1/chart/{numbers[chart.uuid]}")["result"]["params"])
            assert [layer["value"] for layer in live["annotation_layers"] if layer["sourceType"] == "table"] == [
                numbers[layer["value"]] for layer in layers(chart)
            ]


def test_up_leaves_an_edit_in_the_browser_as_it_is(superset: Superset) -> None:
    superset.edit(CHART, slice_name="People who came")
    superset.stack.run("up", "superset")
    assert superset.shown(CHART)["slice_name"] == "People who came"


def test_a_backup_is_read_as_a_part(superset: Superset) -> None:
    superset.write(CHART, slice_name="Ours")
    superset.apply()
    backups = sorted((superset.stack.home / "asset-backups").glob("*.zip"))
    assert [asset.file for _, asset in read_source(PROJECT, backups[-1]).assets] == [CHART]


def test_the_listed_permissions_are_those_of_superset(superset: Superset) -> None:
    with superset.client() as client:
        found = read_live(client).permissions
    # Databases and datasets have permissions of their own.
    assert {name: bases for name, bases in found.items() if not name.partition(" on ")[2].startswith("[")} == dict(
        permissions()
    )


def test_a_permission_that_somebody_gave_is_shown_and_taken_back(superset: Superset) -> None:
    with superset.client() as client:
        roles = client.list("/api/v1/security/roles/", ["id", "name"])
        role = next(item["id"] for item in roles if item["name"] == "Employee")
        pairs = client.list("/api/v1/security/permissions-resources/", ["id", "permission.name", "view_menu.name"])
        has = client.get(f"/api/v1/security/roles/{role}/permissions/")["result"]
        wanted = [
            item["id"]
            for item in pairs
            if (item["permission"]["name"], item["view_menu"]["name"]) == ("can_write", "Dashboard")
        ]
        ids = {"permission_view_menu_ids": [*(item["id"] for item in has), *wanted]}
        client.post(f"/api/v1/security/roles/{role}/permissions", ids)
    assert '    permissions.can_write on Dashboard: - "allowed"' in superset.plan()
    refused = superset.apply(check=False)
    assert "role 'Employee' (roles/Employee.yaml; changed in Superset since it was last applied)" in refused.stderr
    superset.run("export", "--to", str(superset.folders))
    assert "- can_write on Dashboard\n" in (superset.folders / "roles/Employee.yaml").read_text()
    superset.run("apply", "--force")
    assert superset.run("plan", "--exit-code").returncode == 0


def test_a_team_s_own_role_comes_and_goes_with_its_file(superset: Superset) -> None:
    rule = {"name": "Germany alone", "datasets": ["growth"], "clause": "country = 'Germany'"}
    role = {"name": "Partner", "based_on": ["Employee"], "row_filters": [rule]}
    (superset.folders / "roles/Partner.yaml").write_text(write(role))
    superset.write("dashboards/growth.yaml", roles=["Employee", "Partner"])
    superset.apply()
    assert "as the folders say" in superset.plan()
    other = superset.folders.parent / "other"
    superset.run("export", "--to", str(other))
    assert (other / "roles/Partner.yaml").read_text() == write(role)
    assert "- Partner\n" in (other / "dashboards/growth.yaml").read_text()
    (superset.folders / "roles/Partner.yaml").unlink()
    superset.write("dashboards/growth.yaml", roles=[])
    undo = superset.apply("--prune").stdout.splitlines()[-1].partition("groundup ")[2].split()
    with superset.client() as client:
        assert "Partner" not in {item["name"] for item in client.list("/api/v1/security/roles/", ["name"])}
        assert client.get("/api/v1/rowlevelsecurity/")["count"] == 0
    superset.run(*undo[1:])
    assert superset.shown("dashboards/growth.yaml")["roles"] == ["Employee", "Partner"]


def test_a_role_that_a_page_is_for_is_not_deleted_under_it(superset: Superset) -> None:
    (superset.folders / "roles/Partner.yaml").write_text(write({"name": "Partner", "based_on": ["Employee"]}))
    superset.apply()
    with superset.client() as client:
        roles = client.list("/api/v1/security/roles/", ["id", "name"])
        number = next(item["id"] for item in roles if item["name"] == "Partner")
    (superset.folders / "roles/Partner.yaml").unlink()
    # A page that only they see would be everybody's.
    with superset.made_by_hand("dashboard", dashboard_title="For partners", roles=[number]):
        refused = superset.apply("--prune", check=False)
        assert "role Partner is among those for whom dashboard For partners is" in refused.stderr
    superset.apply("--prune")


def test_an_alert_goes_with_the_page_that_it_shows(superset: Superset) -> None:
    page, alert = "dashboards/retention.yaml", "alerts/Data_is_late.yaml"
    superset.write(alert, dashboard=UUIDS[page])
    superset.apply()
    assert superset.shown(alert)["dashboard"] == UUIDS[page]
    (superset.folders / page).unlink()
    refused = superset.apply("--prune", check=False)
    assert f"{alert}: dashboard {UUIDS[page]} is in no file of dashboards/" in refused.stderr
    (superset.folders / alert).unlink()
    superset.apply("--prune")
    assert {UUIDS[page], UUIDS[alert]}.isdisjoint(superset.uuids())


def test_alerts_sleep_until_somebody_is_set_to_be_told(superset: Superset) -> None:
    alerts = [asset.file for asset in ASSETS.alerts]
    assert alerts
    assert {superset.shown(file)["active"] for file in alerts} == {False}
    told = {
        "GROUNDUP_REPORT_MAIL_TO": "all@example.com",
        "GROUNDUP_ALERT_MAIL_TO": "team@example.com",
        "GROUNDUP_REPORT_TIMEZONE": "Asia/Seoul",
    }
    stack = Stack(superset.stack.home, {**superset.stack.variables, **told})
    assert "3 changed" in run(stack, "apply").stdout
    shown = {file: superset.shown(file) for file in alerts}
    assert {content["active"] for content in shown.values()} == {True}
    assert {content["timezone"] for content in shown.values()} == {"Asia/Seoul"}
    (recipient,) = shown["alerts/Morning_report.yaml"]["recipients"]
    assert recipient == {"type": "Email", "recipient_config_json": {"target": "all@example.com"}}
    assert "nothing was sent" in run(stack, "apply").stdout
    run(stack, "export", "--to", str(superset.folders))
    assert files_below(superset.folders) == files_below(PROJECT)


def test_what_superset_does_not_take_as_an_alert_changes_nothing(superset: Superset) -> None:
    stack = Stack(superset.stack.home, {**superset.stack.variables, "GROUNDUP_REPORT_MAIL_TO": "nobody"})
    refused = run(stack, "apply", check=False)
    assert refused.returncode == 1
    assert "alerts/Morning_report.yaml: Superset does not take Morning report" in refused.stderr
    assert superset.run("plan", "--exit-code").returncode == 0


@pytest.mark.parametrize("file", [asset.file for asset in ASSETS.alerts])
def test_an_alert_s_question_is_answered_with_one_value(stack: Stack, file: str) -> None:
    (sql,) = [asset.content["sql"] for asset in ASSETS.alerts if asset.file == file]
    environment = stack.environment
    connection = pymysql.connect(
        host=environment.mysql_host,
        port=environment.mysql_port,
        user="groundup_reader",
        password=environment.mysql_reader_password,
        database="reports",
    )
    # Counted from the day after the newest, whatever today is.
    today = sql.replace("UTC_TIMESTAMP()", "(SELECT MAX(date) + INTERVAL 1 DAY FROM daily_report)")
    later = sql.replace("UTC_TIMESTAMP()", "(SELECT MAX(date) + INTERVAL 3 DAY FROM daily_report)")
    with connection, connection.cursor() as cursor:
        found = []
        for query in (today, later):
            cursor.execute(query)
            found.append(cursor.fetchall())
    if file.startswith("alerts/DAU"):
        ((percent,),) = found[0]
        assert 0 <= percent < 100
        assert found[1] == ()
    else:
        expected = {"alerts/Morning_report.yaml": [1, 0], "alerts/Data_is_late.yaml": [0, 2]}
        assert [value for ((value,),) in found] == expected[file]
