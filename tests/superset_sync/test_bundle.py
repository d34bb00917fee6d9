from __future__ import annotations

import io
import zipfile
from pathlib import Path

import yaml

from superset_sync.bundle import fingerprint, make_bundle, number_charts
from tests.superset_sync.folders import FOLDERS, sound_folders, written


def test_the_same_folders_make_the_same_bytes(tmp_path: Path) -> None:
    first = make_bundle(written(tmp_path / "a", sound_folders()))
    again = make_bundle(written(tmp_path / "b", sound_folders()))
    assert first == again


def test_another_word_makes_another_fingerprint(tmp_path: Path) -> None:
    folders = sound_folders()
    folders["charts/daily_users.yaml"]["slice_name"] = "Users by day"
    changed = make_bundle(written(tmp_path / "a", folders))
    assert fingerprint(changed) != fingerprint(make_bundle(written(tmp_path / "b", sound_folders())))


def test_the_zip_has_superset_s_layout(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(make_bundle(written(tmp_path, sound_folders())))) as bundle:
        assert bundle.namelist() == ["assets/metadata.yaml", *(f"assets/{file}" for file in FOLDERS)]
        assert yaml.safe_load(bundle.read("assets/metadata.yaml"))["type"] == "assets"
        assert yaml.safe_load(bundle.read("assets/charts/daily_users.yaml")) == FOLDERS["charts/daily_users.yaml"]


def test_charts_get_numbers_and_filters_spare_them_by_number() -> None:
    dashboard = sound_folders()["dashboards/users.yaml"]
    numbered = number_charts(dashboard)
    assert numbered["position"]["CHART-1"]["meta"]["chartId"] == 1
    assert numbered["position"]["CHART-2"]["meta"]["chartId"] == 2
    assert numbered["metadata"]["native_filter_configuration"][0]["scope"]["excluded"] == [2]
    assert dashboard == FOLDERS["dashboards/users.yaml"]
