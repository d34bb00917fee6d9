from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings.environment import PROJECT
from superset_sync.check import check
from superset_sync.rules import Rule
from tests.superset_sync.folders import DECLARED, sound_folders, written
from tests.superset_sync.planted_access import ALERTS, ROLES, ROW_FILTERS
from tests.superset_sync.planted_contents import CHARTS, DATASETS, PAGES
from tests.superset_sync.planted_files import FILES, REFERENCES, SECRETS, SHAPES
from tests.superset_sync.planted_sums import SUMS
from tests.superset_sync.planting import LINE, MISSING, PAGE

FAULTS = {
    **FILES,
    **SHAPES,
    **SECRETS,
    **REFERENCES,
    **DATASETS,
    **CHARTS,
    **PAGES,
    **SUMS,
    **ROLES,
    **ROW_FILTERS,
    **ALERTS,
}


def test_sound_folders_have_no_finding(tmp_path: Path) -> None:
    assert check(written(tmp_path, sound_folders()), DECLARED) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    folders = sound_folders()
    fault.plant(folders)
    found = check(written(tmp_path, folders), DECLARED)
    assert [finding.rule for finding in found if str(finding).startswith(fault.message)] == [fault.rule], found
    assert all(len(str(finding).split(": ")) >= 3 for finding in found)


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    folders = sound_folders()
    folders[LINE]["params"]["metrics"].append("revenue")
    folders["charts/broken.yaml"] = "a: [b"
    folders[PAGE]["position"]["CHART-1"]["meta"]["uuid"] = MISSING
    found = check(written(tmp_path, folders), DECLARED)
    assert [finding.file for finding in found] == ["charts/broken.yaml", LINE, PAGE]


def test_every_rule_has_a_planted_fault() -> None:
    assert {fault.rule for fault in FAULTS.values()} == set(Rule) - {Rule.LIVE}


def test_every_rule_is_documented_and_nothing_else() -> None:
    page = (PROJECT / "docs/asset-checks.md").read_text(encoding="utf-8")
    paragraphs = re.findall(r"^### `([a-z-]+)`\n\n(.+?)$", page, re.MULTILINE)
    assert [name for name, _ in paragraphs] == [rule.value for rule in Rule]
