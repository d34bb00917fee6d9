"""Holding the embedded warehouse's file by DuckDB's own lock, without opening it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.errors import WarehouseBusyError

_POLL_SECONDS = 0.2


@contextmanager
def held(
    path: Path, *, alone: bool, patience: float, on_wait: Callable[[], None] = lambda: None
) -> Iterator[int | None]:
    """Keeps writers away, and readers too with `alone`; gives the file's descriptor, None where there is no file.

    The lock is a process's: closing any other descriptor of the same file gives it up. Raises WarehouseBusyError when
    another command has the file after so many seconds.
    """
    descriptor = _lock(path, fcntl.LOCK_EX if alone else fcntl.LOCK_SH, patience, on_wait)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(path: Path, kind: int, patience: float, on_wait: Callable[[], None]) -> int | None:
    deadline = time.monotonic() + patience
    waiting = False
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR if kind == fcntl.LOCK_EX else os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.lockf(descriptor, kind | fcntl.LOCK_NB)
            # Whoever had it may have put another file in its place.
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        except OSError as error:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise WarehouseBusyError(
                    f"The warehouse {path} is in use by another groundup command; wait until it ends, then try again."
                ) from error
            if not waiting:
                waiting = True
                on_wait()
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        time.sleep(_POLL_SECONDS)
