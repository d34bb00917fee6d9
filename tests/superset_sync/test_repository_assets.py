"""The asset folders of this repository: they hold together and are written so that a change reads as a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from settings.environment import PROJECT
from superset_sync.assets import Asset, read_assets
from superset_sync.check import check, read_declared_tables
from superset_sync.declared import read_descriptions
from superset_sync.describe import described
from superset_sync.written import write

ASSETS = read_assets(PROJECT)
# What Superset invents on each instance; in a committed file it would change with every export.
NOISE = {
    "chartId",
    "dashboards",
    "datasetId",
    "datasource",
    "last_saved_at",
    "query_context",
    "slice_id",
    "timestamp",
}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def test_they_have_no_finding() -> None:
    assert [str(finding) for finding in check(ASSETS, read_declared_tables(PROJECT))] == []


def test_the_report_tables_are_declared() -> None:
    tables = read_declared_tables(PROJECT)
    assert tables["daily_report"]["dau"] == frozenset({"country", "platform"})
    assert "date" in (tables["daily_report"]["new_users"] or ())


@pytest.mark.parametrize("asset", [asset for _, asset in ASSETS], ids=lambda asset: asset.file)
def test_no_file_carries_what_an_instance_invents(asset: Asset) -> None:
    assert NOISE.isdisjoint(_keys(asset.content))


@pytest.mark.parametrize("asset", ASSETS.datasets, ids=lambda asset: asset.file)
def test_every_column_and_metric_says_what_it_means(asset: Asset) -> None:
    for item in [*asset.content["columns"], *asset.content["metrics"]]:
        assert item["verbose_name"], item
        assert item["description"], item


@pytest.mark.parametrize("asset", ASSETS.charts, ids=lambda asset: asset.file)
def test_every_chart_says_what_it_shows(asset: Asset) -> None:
    assert asset.content["description"]
    assert asset.content["certified_by"]


def test_no_metric_shares_its_name_with_a_column() -> None:
    """MySQL resolves the alias before the column: `SUM(dau) AS dau … ORDER BY SUM(dau)` fails."""
    for asset in ASSETS.datasets:
        columns = {column["column_name"].lower() for column in asset.content["columns"]}
        assert columns.isdisjoint(metric["metric_name"].lower() for metric in asset.content["metrics"])


def test_no_metric_is_called_like_a_platform() -> None:
    """Superset would give the platform's line the metric's colour."""
    for asset in ASSETS.datasets:
        assert {metric["verbose_name"] for metric in asset.content["metrics"]}.isdisjoint({"Android", "iOS", "Web"})


@pytest.mark.parametrize("asset", [asset for _, asset in ASSETS], ids=lambda asset: asset.file)
def test_every_file_is_written_in_the_one_way(asset: Asset) -> None:
    assert (PROJECT / asset.file).read_text(encoding="utf-8") == write(asset.content)


def test_what_figures_mean_is_said_in_the_words_of_the_declarations() -> None:
    """Otherwise: `python -m superset_sync.describe`."""
    texts = described(ASSETS, read_declared_tables(PROJECT), read_descriptions(PROJECT))
    assert [file for file, text in texts.items() if (PROJECT / file).read_text(encoding="utf-8") != text] == []


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
