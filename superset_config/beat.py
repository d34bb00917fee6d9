"""The beat: orders every minute to look which alerts and reports are due. `python -m superset_config.beat`.

There may be only one, or people get everything twice: whoever holds the lock in Redis is it, a second one waits.
It knows nothing of Superset, which would cost it seconds and 300 MB.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from superset_config.background import BEAT_ALIVE, BEAT_SECONDS, CeleryConfig, redis_client

_POLL_SECONDS = 1.0
_log = logging.getLogger("celery.beat")


def main() -> None:
    """Wait until no other beat is there; then be it until told to end."""
    logging.basicConfig(format="[%(asctime)s: %(levelname)s] %(message)s", level=logging.INFO)
    lock = redis_client().lock(BEAT_ALIVE, timeout=BEAT_SECONDS)
    acquire(lock)
    app = bare_app()
    app.Beat(scheduler_cls=scheduler_with(lock), max_interval=BEAT_SECONDS / 4, loglevel="INFO", quiet=True).run()


def acquire(lock: Any) -> None:
    """Return when the lock is ours; says once what is waited for."""
    from redis import RedisError  # noqa: PLC0415

    said = ""
    while True:
        try:
            if lock.acquire(blocking=False):
                return
            reason = "Another beat is at work here; this one waits until it ends."
        except RedisError as error:
            reason = f"Redis does not answer ({error}); waiting for it."
        if reason != said:
            _log.warning(reason)
            said = reason
        time.sleep(_POLL_SECONDS)


def bare_app() -> Any:
    """A Celery application that can order tasks and does not know how they are done."""
    from celery import Celery  # noqa: PLC0415

    app = Celery("groundup")
    app.config_from_object(CeleryConfig)
    app.conf.imports = ()
    return app


def scheduler_with(lock: Any) -> type:
    """Celery's scheduler, without a file, which ends when the lock is no longer its own."""
    from celery.beat import Scheduler  # noqa: PLC0415
    from redis.exceptions import LockError  # noqa: PLC0415

    class LockedScheduler(Scheduler):
        """Keeps the lock by asking for it anew before each look at the clock."""

        def tick(self, *arguments: Any, **named: Any) -> float:
            try:
                lock.reacquire()
            except LockError:
                sys.exit("Another beat has taken over, since this one stood still for too long; it ends.")
            return float(super().tick(*arguments, **named))

        def close(self) -> None:
            super().close()
            try:
                lock.release()
            except LockError:
                return

    return LockedScheduler


if __name__ == "__main__":
    main()
