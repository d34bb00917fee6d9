from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from settings.environment import PROJECT, Environment
from superset_sync.annotations import layers
from superset_sync.assets import KINDS, read_assets
from superset_sync.client import SupersetClient
from superset_sync.errors import AssetError
from superset_sync.publish import missing, owner_ids, publish
from tests.superset_sync.folders import sound_folders, written


def test_what_the_instance_lacks_is_missing(tmp_path: Path) -> None:
    assets = written(tmp_path, sound_folders())
    live: dict[str, dict[str, dict[str, Any]]] = {kind: {asset.uuid: {} for asset in assets.of(kind)} for kind in KINDS}
    assert missing(assets, live) == []
    live["charts"].popitem()
    assert missing(assets, live) == ["charts/first_users.yaml"]


def test_the_administrator_and_the_data_team_own_what_is_managed() -> None:
    users = [
        {"id": 7, "username": "ada", "roles": [{"name": "Employee"}, {"name": "Analyst"}]},
        {"id": 1, "username": "admin", "roles": [{"name": "Admin"}]},
        {"id": 3, "username": "employee", "roles": [{"name": "Employee"}]},
        {"id": 4, "username": "somebody", "roles": []},
    ]
    assert owner_ids(users) == [1, 7]


def test_nothing_is_sent_when_something_is_wrong(tmp_path: Path) -> None:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["params"]["metrics"].append("revenue")
    written(tmp_path, folders)
    nowhere = Environment(home=tmp_path, superset_port=1)
    with pytest.raises(AssetError) as error:
        publish(nowhere, tmp_path)
    # The example's reports are declared nowhere below this root; that is a finding too.
    assert {finding.file for finding in error.value.findings} >= {"charts/daily_users.yaml"}
    assert "charts/daily_users.yaml: metric revenue is not in its dataset" in str(error.value)


class TestAgainstSuperset:
    """On the running stack, which `groundup up` has published to."""

    @pytest.fixture
    def environment(self, stack: Any) -> Environment:
        found: Environment = stack.environment
        return found

    @pytest.fixture
    def admin(self, environment: Environment) -> Any:
        with SupersetClient(environment.superset_url, "admin", environment.admin_password) as client:
            yield client

    def test_a_second_time_nothing_is_sent(self, environment: Environment) -> None:
        publish(environment, PROJECT)
        again = publish(environment, PROJECT)
        assert not again.changed
        assert again.charts == len(read_assets(PROJECT).charts)

    def test_a_chart_that_somebody_deleted_comes_back(self, environment: Environment, admin: SupersetClient) -> None:
        publish(environment, PROJECT)
        uuid = read_assets(PROJECT).charts[0].uuid
        number = next(item["id"] for item in admin.list("/api/v1/chart/", ["id", "uuid"]) if item["uuid"] == uuid)
        admin.delete(f"/api/v1/chart/{number}")
        assert publish(environment, PROJECT).changed
        assert uuid in {item["uuid"] for item in admin.list("/api/v1/chart/", ["id", "uuid"])}

    def test_the_data_team_owns_every_managed_asset(self, environment: Environment, admin: SupersetClient) -> None:
        publish(environment, PROJECT)
        users = admin.list("/api/v1/security/users/", ["id", "username", "roles.name"])
        managed = {asset.uuid for kind, asset in read_assets(PROJECT) if kind != "databases"}
        for kind in ("dataset", "chart", "dashboard"):
            for item in admin.list(f"/api/v1/{kind}/", ["id", "uuid", "owners.id"]):
                if item["uuid"] in managed:
                    assert sorted(owner["id"] for owner in item["owners"]) == owner_ids(users)

    def test_every_dashboard_shows_all_its_charts(self, environment: Environment, admin: SupersetClient) -> None:
        publish(environment, PROJECT)
        for dashboard in read_assets(PROJECT).dashboards:
            charts = admin.get(f"/api/v1/dashboard/{dashboard.content['slug']}/charts")["result"]
            placed = [item for item in dashboard.content["position"].values() if isinstance(item, dict)]
            assert len(charts) == sum(item["type"] == "CHART" for item in placed), dashboard.file

    def test_releases_mark_the_time_series_after_an_import(
        self, environment: Environment, admin: SupersetClient
    ) -> None:
        publish(environment, PROJECT)
        numbers = {item["uuid"]: item["id"] for item in admin.list("/api/v1/chart/", ["id", "uuid"])}
        marked = [chart for chart in read_assets(PROJECT).charts if layers(chart)]
        assert marked
        for chart in marked:
            live = json.loads(admin.get(f"/api/v1/chart/{numbers[chart.uuid]}")["result"]["params"])
            assert [layer["value"] for layer in live["annotation_layers"] if layer["sourceType"] == "table"] == [
                numbers[layer["value"]] for layer in layers(chart)
            ]
