"""The worker: executes alerts and reports, one at a time. `python -m superset_config.worker`."""

from __future__ import annotations

import os
import time
import urllib.request
from typing import Any

from superset_config.background import WORKER_ALIVE, WORKER_SECONDS, redis_client
from superset_config.delivery import WEBDRIVER_BASEURL

_POLL_SECONDS = 0.5


def main() -> None:
    """Wait for Superset, which makes the metadata and the pages; then work until told to end."""
    redis_client().delete(WORKER_ALIVE)
    wait_for_superset()
    from celery.signals import task_postrun  # noqa: PLC0415
    from superset.tasks.celery_app import app, teardown  # noqa: PLC0415 - takes seconds, which Superset's start needs

    # It comes when Flask has cleaned up, and fails for every task.
    task_postrun.disconnect(teardown)
    give_back_what_was_cut_off(app)
    show_signs_of_life()
    app.worker_main(
        [
            "worker",
            *("--pool", "prefork", "--concurrency", "1", "--max-tasks-per-child", "200"),
            *("--loglevel", "INFO", "--hostname", "groundup@%h", "--without-gossip", "--without-mingle"),
        ]
    )


def wait_for_superset() -> None:
    """Return when Superset serves requests."""
    while True:
        try:
            with urllib.request.urlopen(f"{WEBDRIVER_BASEURL}health", timeout=5):  # noqa: S310 - http, always
                return
        except OSError:
            time.sleep(_POLL_SECONDS)


def give_back_what_was_cut_off(app: Any) -> None:
    """Queue again what an earlier worker had taken and not finished; there is no other worker that could have it."""
    with app.connection_for_write(transport_options={"visibility_timeout": 0}) as connection:
        connection.default_channel.qos.restore_visible(num=10_000, interval=1)


def show_signs_of_life() -> None:
    """Write to Redis, every two seconds, that the worker lives and reaches its orders."""
    from celery.signals import heartbeat_sent  # noqa: PLC0415

    client = redis_client()

    @heartbeat_sent.connect(weak=False)
    def tell(**_: Any) -> None:
        client.set(WORKER_ALIVE, os.getpid(), ex=WORKER_SECONDS)


if __name__ == "__main__":
    main()
