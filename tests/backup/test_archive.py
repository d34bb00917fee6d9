"""The file: whole or not there when it is written, and refused when a single byte of it is not as it was."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from backup.archive import opened, written
from backup.errors import BackupError, BrokenBackupError, UnfitError
from tests.backup.archives import PARTS, manifest_of, members, signed, small_backup


def read(path: Path) -> dict[str, bytes]:
    with opened(path) as backup:
        return {name: b"".join(backup.chunks(name)) for name in backup.manifest.parts}


def places_in(content: bytes | bytearray) -> list[int]:
    """Both ends of it, and every seventeenth byte between."""
    return [place for place in range(len(content)) if place < 60 or place > len(content) - 100 or place % 17 == 0]


def test_every_part_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read(small_backup(tmp_path / "backup.zip")) == PARTS


def test_it_is_a_zip_that_any_tool_reads_and_nobody_else(tmp_path: Path) -> None:
    path = small_backup(tmp_path / "backup.zip")
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        assert bundle.namelist() == [*PARTS, "manifest.json"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_that_is_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    content = small_backup(tmp_path / "backup.zip").read_bytes()
    cut = tmp_path / "cut.zip"
    for length in places_in(content):
        cut.write_bytes(content[:length])
        with pytest.raises(BrokenBackupError, match=r"is no backup|is damaged or not whole"):
            read(cut)


def test_a_byte_that_flipped_anywhere_is_found(tmp_path: Path) -> None:
    content = bytearray(small_backup(tmp_path / "backup.zip").read_bytes())
    flipped = tmp_path / "flipped.zip"
    for place in places_in(content):
        content[place] ^= 0x20
        flipped.write_bytes(content)
        with pytest.raises(BrokenBackupError, match=r"is no backup|is damaged or not whole"):
            read(flipped)
        content[place] ^= 0x20


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"-- MariaDB dump\n", b"\x00" * 1000, b"PK\x03\x04" + b"0" * 200]
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(BrokenBackupError):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"nowhere.zip cannot be read \(No such file or directory\)"):
        read(tmp_path / "nowhere.zip")


def test_a_strangers_zip_with_the_right_checksum_is_read_when_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    assert read(signed(tmp_path / "strange.zip", members())) == PARTS


@pytest.mark.parametrize(
    "name", ["../mysql.sql", "/etc/cron.d/evil", "settings/../../evil", "mysql/data/evil.frm", "a\\b"]
)
def test_a_member_that_no_backup_has_is_not_unpacked(tmp_path: Path, name: str) -> None:
    path = signed(tmp_path / "strange.zip", [*members(), (name, b"evil")])
    with pytest.raises(BrokenBackupError, match="which no backup does"):
        read(path)


def test_a_link_is_not_unpacked(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("airflow.sqlite")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = signed(tmp_path / "strange.zip", [*members(), (link, b"/etc/passwd")])
    with pytest.raises(BrokenBackupError, match="no plain file"):
        read(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = signed(tmp_path / "strange.zip", [*members(), ("mysql.sql", b"DROP DATABASE reports;\n")])
    with pytest.raises(BrokenBackupError, match="there twice"):
        read(path)


def test_a_member_that_swells_beyond_what_the_manifest_says_is_stopped(tmp_path: Path) -> None:
    bomb = [(name, b"\0" * (64 << 20) if name == "mysql.sql" else content) for name, content in members()]
    path = signed(tmp_path / "bomb.zip", bomb)
    assert path.stat().st_size < 1 << 20
    taken = 0
    with opened(path) as backup, pytest.raises(BrokenBackupError, match="not what its manifest says"):
        for chunk in backup.chunks("mysql.sql"):
            taken += len(chunk)
    assert taken <= len(PARTS["mysql.sql"])


def test_a_member_that_is_not_what_the_manifest_says_is_refused(tmp_path: Path) -> None:
    other = [(name, b"USE `reports`;!" if name == "mysql.sql" else content) for name, content in members()]
    with pytest.raises(BrokenBackupError, match=r"mysql\.sql in it is not what its manifest says"):
        read(signed(tmp_path / "other.zip", other))


def test_a_manifest_is_needed_and_believed_only_when_it_makes_sense(tmp_path: Path) -> None:
    path = tmp_path / "strange.zip"
    for wrong in (list(PARTS.items()), members(tables="none"), members(parts={}), members(surprise=1)):
        with pytest.raises(BrokenBackupError):
            read(signed(path, wrong))
    with pytest.raises(UnfitError, match=r"newer version of this project \(format 2, this one knows 1\)"):
        read(signed(path, members(format=2, surprise=1)))


def test_writing_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    def half() -> None:
        with written(tmp_path / "backup.zip") as writer:
            writer.add("mysql.sql", [b"half"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence() -> None:
    path = Path("/dev/shm/no-such-folder/backup.zip")
    with pytest.raises(BackupError, match="cannot be written"), written(path) as writer:
        writer.finish(manifest_of({}))
