from __future__ import annotations

from pathlib import Path

import pytest

from stack.errors import StackError
from stack.log_files import follow, last_lines, log_of
from stack.places import Places


def test_a_service_that_never_ran_has_no_log(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"no log of redis in .*: start it with groundup up redis"):
        log_of(Places(tmp_path), "redis")


def test_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes("one\ntwo\nthree ü \xff".encode("latin-1"))
    assert last_lines(log, 2) == ["two", "three \ufffd \ufffd"]
    assert last_lines(log, 0) == []


def test_following_goes_through_a_rotation(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    lines = follow(log, poll_seconds=0.001)

    def append(text: str) -> None:
        with log.open("a") as file:
            file.write(text)

    # A generator runs when it is asked: it stands at the end of the file from the first line on.
    seen = _next_after(lines, lambda: append("one\n"))
    append("two, begun")
    append(" and ended\n")
    assert [seen, next(lines)] == ["one", "two, begun and ended"]
    append("last of the old\n")
    log.rename(tmp_path / "log.1")
    log.write_text("first of the new\n")
    assert [next(lines), next(lines)] == ["last of the old", "first of the new"]


def _next_after(lines, write):  # type: ignore[no-untyped-def]
    import threading

    timer = threading.Timer(0.2, write)
    timer.start()
    return next(lines)
