"""A database that not every instance has: applied where its setting is set, and its file names the setting again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from settings.environment import PROJECT
from superset_sync.assets import Assets, read_assets
from superset_sync.check import check
from superset_sync.declared import read_declared_tables
from superset_sync.live import Applied, live_from
from superset_sync.resolved import Instance, as_file, resolve

SET = Instance(settings={"GROUNDUP_SQLLAB_BIGQUERY_PROJECT": "acme"})
ASSETS = read_assets(PROJECT)
(FILE,) = (asset for asset in ASSETS.databases if asset.file == "databases/BigQuery.yaml")
ALONE = Assets(databases=ASSETS.databases)


def live(**changes: Any) -> dict[str, Any]:
    return {**FILE.content, "sqlalchemy_uri": "bigquery://acme", **changes}


def test_it_is_there_where_its_setting_is_set() -> None:
    found = {asset.file: asset for asset in resolve(ALONE, SET).databases}
    assert found["databases/BigQuery.yaml"].meant["sqlalchemy_uri"] == "bigquery://acme"
    assert found["databases/BigQuery.yaml"].content == FILE.content
    assert found["databases/Reports.yaml"].resolved is None


@pytest.mark.parametrize("settings", [{}, {"GROUNDUP_SQLLAB_BIGQUERY_PROJECT": ""}])
def test_it_is_nowhere_else(settings: dict[str, str]) -> None:
    assert [asset.file for asset in resolve(ALONE, Instance(settings=settings)).databases] == ["databases/Reports.yaml"]


def test_an_export_names_the_setting_again() -> None:
    assert as_file("databases", live(cache_timeout=60), FILE.content, SET, {}) == {**FILE.content, "cache_timeout": 60}
    moved = live(sqlalchemy_uri="bigquery://elsewhere")
    assert as_file("databases", moved, FILE.content, SET, {}) == moved


def test_what_was_applied_is_remembered_with_its_address() -> None:
    content = {"file": FILE.content, "resolved": live()}
    row = {"kind": "databases", "file": FILE.file, "uuid": FILE.uuid, "number": 2, "content": json.dumps(content)}
    state = {"superset": "6.1.0", "assets": [], "applied": [row]}
    assert live_from(state, "").applied[FILE.uuid] == Applied("databases", FILE.file, FILE.content, live())


def test_another_setting_is_found_before_anything_is_sent() -> None:
    wrong = replace(FILE, content={**FILE.content, "sqlalchemy_uri": "bigquery://${GROUNDUP_ADMIN_PASSWORD}"})
    databases = tuple(wrong if asset is FILE else asset for asset in ASSETS.databases)
    findings = check(replace(ASSETS, databases=databases), read_declared_tables(PROJECT))
    assert [str(finding) for finding in findings] == [
        "databases/BigQuery.yaml: names GROUNDUP_ADMIN_PASSWORD, which is no setting for databases: name one of "
        "GROUNDUP_SQLLAB_BIGQUERY_PROJECT"
    ]
