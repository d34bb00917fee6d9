"""A prepared state replaces the one that is there whole, wherever whoever does it is killed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stack import exchange
from stack.errors import PlaceError
from stack.exchange import Exchange, begin, finish, is_due, prepared_folder
from stack.places import Places, prepare

ORDER = Exchange(comes=["warehouse.duckdb", "mysql/data", "airflow/metadata.sqlite"], goes=["warehouse.duckdb.wal"])
OLD = {
    "warehouse.duckdb": "old",
    "warehouse.duckdb.wal": "old log",
    "mysql/data/ibdata1": "old",
    "mysql/data/gone.ibd": "old",
    "log/mysql.log": "kept",
}
NEW = {"warehouse.duckdb": "new", "mysql/data/ibdata1": "new", "airflow/metadata.sqlite": "new"}


class Killed(BaseException):
    """What a `kill -9` is to the code: nothing after it is done."""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def files_in(home: Path) -> dict[str, str]:
    places = Places(home)
    return {
        str(path.relative_to(home)): path.read_text()
        for path in sorted(home.rglob("*"))
        if path.is_file() and prepared_folder(places) not in path.parents
    }


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "home")
    prepare(made)
    write(made.home, OLD)
    write(prepared_folder(made), NEW)
    return made


def test_what_comes_is_there_what_goes_is_not_and_the_rest_is_left_alone(places: Places) -> None:
    begin(places, ORDER)
    finish(places)
    assert files_in(places.home) == {**NEW, "log/mysql.log": "kept"}
    assert not is_due(places)


def test_what_was_replaced_lies_beside_until_somebody_removes_it(places: Places) -> None:
    begin(places, ORDER)
    finish(places)
    replaced = prepared_folder(places) / "replaced"
    assert {name: (replaced / name).read_text() for name in OLD if name != "log/mysql.log"} == {
        name: text for name, text in OLD.items() if name != "log/mysql.log"
    }


def test_nothing_is_done_before_it_is_decided(places: Places) -> None:
    finish(places)
    assert files_in(places.home) == OLD


@pytest.mark.parametrize("steps", range(9))
def test_killed_at_any_step_the_next_call_ends_it(places: Places, steps: int) -> None:
    begin(places, ORDER)
    left = steps
    with pytest.MonkeyPatch.context() as patch:

        def mortal(step):
            def call(*arguments):
                nonlocal left
                if not left:
                    raise Killed
                left -= 1
                return step(*arguments)

            return call

        for owner, name in ((Path, "rename"), (Path, "replace"), (Path, "unlink"), (os, "link"), (exchange, "sync")):
            patch.setattr(owner, name, mortal(getattr(owner, name)))
        with pytest.raises(Killed):
            finish(places)
    assert is_due(places)
    finish(places)
    assert files_in(places.home) == {**NEW, "log/mysql.log": "kept"}
    assert not is_due(places)


def test_nobody_finds_the_place_of_a_file_empty(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    rename = Path.rename

    def watched(path: Path, target: Path) -> Path:
        seen.append((places.home / "warehouse.duckdb").exists())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", watched)
    begin(places, ORDER)
    finish(places)
    assert seen
    assert all(seen)


def test_a_folder_that_cannot_be_written_is_one_sentence(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PlaceError, match=r"No space left on device\), and is as it was"):
        begin(places, ORDER)
    assert files_in(places.home) == OLD
