"""What people ask for: the questions behind the charts that they look at, kept to be asked before them after a load."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from superset_config.background import redis_client

# What nobody has looked at for so long is not made ready any more.
REMEMBERED = timedelta(days=7)
# So many are made ready after a load, those asked for last first.
MOST = 1_000
_LONGEST = 64 * 1024
# A question is written down once in so many seconds, however many people ask it.
_AGAIN = 3600.0
_PREFIX = "groundup:asked:"


def question_of(body: Any) -> str | None:
    """A request for figures in the form in which it is kept; None for what is no chart on a page."""
    if not isinstance(body, Mapping) or body.get("result_format") != "json" or body.get("result_type") != "full":
        return None
    text = json.dumps({**body, "force": False}, sort_keys=True)
    return text if len(text) <= _LONGEST else None


class Asked:
    """The questions in Redis."""

    def __init__(self, client: Any = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client if client is not None else redis_client()
        self._clock = clock
        self._noted: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, body: Any) -> None:
        """Remember a question. Nobody waits for Redis when it is away, and nothing fails."""
        question = question_of(body)
        if question is None:
            return
        name, now = hashlib.sha256(question.encode()).hexdigest(), self._clock()
        with self._lock:
            if now - self._noted.get(name, -_AGAIN) < _AGAIN:
                return
            self._noted = {known: at for known, at in self._noted.items() if now - at < _AGAIN} | {name: now}
        try:
            self._client.set(_PREFIX + name, question, ex=REMEMBERED)
        except OSError as error:
            logging.getLogger(__name__).warning("A question was not written down (%s)", error)

    def newest(self) -> list[dict[str, Any]]:
        """The questions, those asked for last first."""
        names = [(self._client.ttl(name), name) for name in self._client.scan_iter(match=f"{_PREFIX}*", count=1_000)]
        texts = [self._client.get(name) for _, name in sorted(names, reverse=True)[:MOST]]
        return [json.loads(text) for text in texts if text]


def listen(app: Any) -> None:
    """Let every answered question be remembered."""
    from flask import request  # noqa: PLC0415 - absent where only the pure parts are tested

    asked = Asked()

    def note(response: Any) -> Any:
        if request.path == "/api/v1/chart/data" and request.method == "POST" and response.status_code == 200:  # noqa: PLR2004
            asked.note(request.get_json(silent=True))
        return response

    app.after_request(note)
