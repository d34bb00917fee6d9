"""An answer that is found out again after a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Lately(Generic[Answer]):
    """The answer of `find`, at most so many seconds old."""

    def __init__(self, find: Callable[[], Answer], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._seconds = seconds
        self._clock = clock
        # When it was found out, in which state, and what it is.
        self._found: tuple[float, Any, Answer] | None = None
        # Requests that come at once wait for the first one's answer.
        self._lock = threading.Lock()

    def get(self, state: Any = None) -> Answer:
        """The answer; one of another state than this, where it is given, is found out anew."""
        with self._lock:
            now = self._clock()
            if self._found is not None:
                at, known, answer = self._found
                if now - at < self._seconds and (state is None or state == known):
                    return answer
            answer = self._find()
            self._found = now, state, answer
            return answer
