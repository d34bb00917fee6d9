"""The asset folders of this repository: they hold together and are written so that a change reads as a change."""

from __future__ import annotations

import pytest

from settings.environment import PROJECT
from superset_sync.assets import Asset, read_assets
from superset_sync.check import check_folders
from superset_sync.declared import read_declared_tables
from superset_sync.written import write

ASSETS = read_assets(PROJECT)


def test_they_have_no_finding() -> None:
    assert [str(finding) for finding in check_folders(PROJECT)] == []


def test_the_report_tables_are_declared() -> None:
    tables = read_declared_tables(PROJECT).tables
    assert tables["daily_report"]["dau"] == frozenset({"country", "platform"})
    assert "date" in (tables["daily_report"]["new_users"] or ())


@pytest.mark.parametrize("asset", ASSETS.datasets, ids=lambda asset: asset.file)
def test_every_column_and_metric_says_what_it_means(asset: Asset) -> None:
    for item in [*asset.content["columns"], *asset.content["metrics"]]:
        assert item["verbose_name"], item
        assert item["description"], item


@pytest.mark.parametrize("asset", ASSETS.charts, ids=lambda asset: asset.file)
def test_every_chart_says_what_it_shows(asset: Asset) -> None:
    assert asset.content["description"]
    assert asset.content["certified_by"]


def test_no_metric_is_called_like_a_platform() -> None:
    """Superset would give the platform's line the metric's colour."""
    for asset in ASSETS.datasets:
        assert {metric["verbose_name"] for metric in asset.content["metrics"]}.isdisjoint({"Android", "iOS", "Web"})


@pytest.mark.parametrize("asset", [asset for _, asset in ASSETS], ids=lambda asset: asset.file)
def test_every_file_is_written_in_the_one_way(asset: Asset) -> None:
    assert (PROJECT / asset.file).read_text(encoding="utf-8") == write(asset.content)


def test_every_chart_that_counts_says_what_it_counts() -> None:
    for asset in ASSETS.charts:
        if asset.content["params"].get("query_mode") != "raw" and asset.content["slice_name"] != "Data as of":
            assert len(asset.content["description"].splitlines()) == 2, asset.file


def test_all_dashboards_look_alike_and_link_to_each_other() -> None:
    pages = {dashboard.content["slug"]: dashboard.content for dashboard in ASSETS.dashboards}
    assert len({page["css"] for page in pages.values()}) == 1
    for slug, page in pages.items():
        links = page["position"]["MARKDOWN-pages"]["meta"]["code"]
        assert f"**{page['dashboard_title']}**" in links
        for other in pages.keys() - {slug}:
            assert f"[{pages[other]['dashboard_title']}](/superset/dashboard/{other}/)" in links
        assert page["metadata"]["label_colors"] == pages["daily-report"]["metadata"]["label_colors"]


def test_the_link_to_a_country_s_events_is_the_same_everywhere() -> None:
    links = {
        column["expression"]
        for asset in ASSETS.datasets
        for column in asset.content["columns"]
        if column["column_name"] == "country_events_html"
    }
    assert len(links) == 1
