from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import PlaceError
from stack.places import Places, prepare


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Places]:
    places = Places(tmp_path / ("d" * 60) / ("e" * 60))
    yield places
    if places.sockets.is_symlink():
        places.sockets.unlink()
    shutil.rmtree(places.sockets, ignore_errors=True)


def test_sockets_lie_in_the_state_folder_where_they_fit() -> None:
    assert Places(Path("/home/somebody/project/.groundup")).sockets == Path("/home/somebody/project/.groundup/run")


def test_a_deep_state_folder_gets_a_short_one_of_its_own(deep: Places) -> None:
    assert len(str(deep.supervisor_socket)) < 80
    assert deep.sockets != Places(deep.home / "other").sockets
    assert deep.sockets == Places(deep.home).sockets


def test_bytes_count_not_letters() -> None:
    assert Places(Path("/srv") / ("ü" * 44)).sockets.parent == Path("/tmp")
    assert Places(Path("/srv") / ("u" * 44)).sockets.parent != Path("/tmp")


def test_all_folders_are_closed_to_others(deep: Places) -> None:
    deep.home.mkdir(parents=True, mode=0o755)
    prepare(deep)
    for folder in (deep.home, deep.logs, deep.supervisor, deep.mysql, deep.redis, deep.sockets):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


def test_a_link_in_place_of_the_sockets_folder_is_refused(deep: Places, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    deep.sockets.symlink_to(tmp_path / "theirs")
    with pytest.raises(PlaceError, match="a link that somebody made"):
        prepare(deep)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_account_is_refused(deep: Places) -> None:
    deep.sockets.mkdir()
    os.chown(deep.sockets, 4711, 4711)
    with pytest.raises(PlaceError, match=f"{deep.sockets} belongs to another account"):
        prepare(deep)


@pytest.mark.parametrize("name", ["a #b", "a ;b", "a\nb", "50 %", "a:b"])
def test_a_name_that_supervisor_or_mysql_would_cut_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlaceError, match="set GROUNDUP_HOME to another folder"):
        prepare(Places(tmp_path / name))


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError, match=rf"{tmp_path / 'file'}.*cannot be made or used"):
        prepare(Places(tmp_path / "file"))
