from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from superset_sync.backup import read_backup, write_backup
from superset_sync.errors import BundleError
from tests.superset_sync.folders import FOLDERS


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = write_backup(tmp_path / "backups", "one", FOLDERS.items())
    assert {asset.file: asset.content for _, asset in read_backup(path)} == FOLDERS
    assert path.name == "one.zip"
    assert [file.name for file in path.parent.iterdir()] == ["one.zip"]


def test_the_newest_fifty_are_kept(tmp_path: Path) -> None:
    for number in range(52):
        write_backup(tmp_path, f"{number:03}", [])
    assert sorted(path.stem for path in tmp_path.glob("*.zip")) == [f"{number:03}" for number in range(2, 52)]


def test_no_room_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(BundleError, match=r"cannot be written .*so nothing was applied"):
        write_backup(tmp_path / "backups", "one", [])


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"metadata.yaml": "type: assets\nversion: 1.0.0"}, "is not a backup"),
        ({"charts/a.yaml": "a: 1"}, "is not a backup"),
        ({"metadata.yaml": "type: groundup_backup\nsuperset: 5.0.0"}, "was made of Superset 5.0.0"),
        ({"metadata.yaml": "{"}, "cannot be read"),
        ({"metadata.yaml": "type: groundup_backup\nsuperset: 6.1.0", "charts/a.yaml": "[]"}, "charts/a.yaml"),
    ],
)
def test_anything_else_is_told(tmp_path: Path, files: dict[str, str], what: str) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, text in files.items():
            bundle.writestr(name, text)
    with pytest.raises(BundleError, match=what):
        read_backup(path)


def test_half_of_a_zip_is_told(tmp_path: Path) -> None:
    path = write_backup(tmp_path, "one", FOLDERS.items())
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BundleError, match="cannot be read"):
        read_backup(path)
