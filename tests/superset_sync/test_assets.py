from __future__ import annotations

from pathlib import Path

from superset_sync.assets import KINDS, Asset, read_assets
from tests.superset_sync.folders import FOLDERS, sound_folders, written


def test_reads_every_folder_in_the_order_of_its_paths(tmp_path: Path) -> None:
    assets = written(tmp_path, sound_folders())
    assert [asset.file for _, asset in assets] == list(FOLDERS)
    kinds = ["databases", "datasets", "roles", "charts", "charts", "dashboards", "alerts"]
    assert [kind for kind, _ in assets] == kinds
    assert list(KINDS) == sorted(set(kinds), key=kinds.index)


def test_what_has_no_uuid_is_known_by_its_name() -> None:
    role = Asset("roles/Partner.yaml", {"name": "Partner"})
    assert role.uuid == Asset("roles/Other.yaml", {"name": "Partner", "based_on": ["Gamma"]}).uuid
    others = [
        Asset("roles/Partner.yaml", {"name": "partner"}),
        Asset("alerts/Partner.yaml", {"type": "Alert", "name": "Partner"}),
        Asset("alerts/Partner.yaml", {"type": "Report", "name": "Partner"}),
    ]
    assert len({asset.uuid for asset in [role, *others]}) == 4
    assert Asset("alerts/Partner.yaml", {"name": "Partner"}).uuid == ""


def test_no_folders_are_no_assets(tmp_path: Path) -> None:
    assert list(read_assets(tmp_path)) == []


def test_a_broken_file_does_not_hide_the_next(tmp_path: Path) -> None:
    folders = sound_folders() | {
        "charts/a.yaml": "a: [",
        "charts/b.yaml": "- 1",
        "charts/c.yaml": b"\xff".decode("latin-1"),
    }
    assets = written(tmp_path, folders)
    (tmp_path / "charts" / "c.yaml").write_bytes(b"a: \xff")
    assets = read_assets(tmp_path)
    assert [finding.file for finding in assets.unreadable] == ["charts/a.yaml", "charts/b.yaml", "charts/c.yaml"]
    assert len(assets.charts) == 2
