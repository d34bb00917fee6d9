from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from superset_sync.assets import Assets, read_assets
from superset_sync.check_datasets import read_dataset
from superset_sync.describe import described, main
from tests.superset_sync.folders import DECLARED, TABLES, sound_folders, written

DESCRIBED = replace(
    DECLARED, texts={("active_users", "dau"): "Users of the day.", ("active_users", "new_users"): "Users seen first."}
)
DATASET_FILE = "datasets/Reports/active_users.yaml"


def _folders() -> dict[str, object]:
    folders = sound_folders()
    for column in folders[DATASET_FILE]["columns"]:
        column.update(verbose_name=column["column_name"].upper(), description="By hand.")
    folders["charts/daily_users.yaml"]["description"] = "Own words.\nOld words."
    folders["charts/first_users.yaml"]["description"] = "Own words."
    return folders


def _described(assets: Assets) -> dict[str, dict[str, Any]]:
    datasets = {asset.uuid: read_dataset(asset, DESCRIBED) for asset in assets.datasets}
    return described(assets, datasets, DESCRIBED)


def test_columns_and_charts_say_what_the_declaration_says(tmp_path: Path) -> None:
    found = _described(written(tmp_path, _folders()))
    columns = {column["column_name"]: column["description"] for column in found[DATASET_FILE]["columns"]}
    assert columns["date"] == "By hand."
    assert columns["dau"] == "Users of the day. Adds over country, platform; never over date."
    assert columns["new_users"] == "Users seen first. Adds over everything."
    assert found["charts/daily_users.yaml"]["description"] == "Own words.\nDAU: Users of the day."
    assert found["charts/first_users.yaml"]["description"] == "Own words.\nNEW_USERS: Users seen first."


def test_a_figure_under_a_condition_says_that_it_may_be_empty(tmp_path: Path) -> None:
    folders = _folders()
    folders[DATASET_FILE]["sql"] = (  # type: ignore[index]
        "SELECT date, country, platform, CASE WHEN date > '2026-01-07' THEN dau END AS dau, new_users FROM active_users"
    )
    found = _described(written(tmp_path, folders))
    columns = {column["column_name"]: column["description"] for column in found[DATASET_FILE]["columns"]}
    assert columns["dau"].startswith("Users of the day. Empty until its days have been loaded.")


def test_the_folders_are_brought_up_to_date_once(tmp_path: Path) -> None:
    written(tmp_path, _folders())
    report = tmp_path / "loaders" / "reports" / "active_users" / "report.yaml"
    report.parent.mkdir(parents=True)
    declared = [
        {
            "name": name,
            "type": "INT64",
            "description": f"About {name}.",
            **({} if over is None else {"additive_over": sorted(over)}),
        }
        for name, over in TABLES["active_users"].items()
    ]
    report.write_text(yaml.safe_dump({"columns": declared}))
    main(tmp_path)
    first = {asset.file: asset.content for _, asset in read_assets(tmp_path)}
    assert first["charts/daily_users.yaml"]["description"] == "Own words.\nDAU: About dau."
    main(tmp_path)
    assert {asset.file: asset.content for _, asset in read_assets(tmp_path)} == first
