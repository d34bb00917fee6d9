"""Reading a service's log file, which supervisord rotates under the reader."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from stack.errors import StackError
from stack.places import Places

_POLL_SECONDS = 0.2


def log_of(places: Places, service: str) -> Path:
    """A service's log file. Raises StackError when there is none yet."""
    path = places.log(service)
    if not path.exists():
        raise StackError(f"There is no log of {service} in {path.parent} yet: start it with groundup up {service}.")
    return path


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log file, without their line ends."""
    with path.open(errors="replace") as file:
        return [line.rstrip("\n") for line in deque(file, maxlen=count)]


def follow(path: Path, poll_seconds: float = _POLL_SECONDS) -> Iterator[str]:
    """Every line that is written from now on, without its line end; never ends by itself."""
    file = path.open(errors="replace")
    file.seek(0, 2)
    unfinished = ""
    try:
        while True:
            piece = file.readline()
            if piece.endswith("\n"):
                yield unfinished + piece.rstrip("\n")
                unfinished = ""
            elif piece:
                unfinished += piece
            elif _is_replaced(path, file.fileno()):
                file.close()
                file = path.open(errors="replace")
            else:
                time.sleep(poll_seconds)
    finally:
        file.close()


def _is_replaced(path: Path, descriptor: int) -> bool:
    try:
        return not path.samefile(f"/proc/self/fd/{descriptor}")
    except FileNotFoundError:
        return False  # between the two renames of a rotation
