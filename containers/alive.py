"""Whether the service of a container does what it is for: exit status 0. `python -m containers.alive SERVICE`.

It runs in the environment of the service, every half minute: it reads in as little as can be.
"""

from __future__ import annotations

import os
import sys
import urllib.request

from settings.secret_files import secrets_in_files
from settings.signs_of_life import REDIS_DATABASE, SIGNS_OF_LIFE

_SECONDS = 10


def is_alive(service: str) -> bool:
    """Asks the service itself. Raises OSError and redis.RedisError when nobody answers."""
    if service == "superset":
        port = os.environ["GROUNDUP_SUPERSET_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=_SECONDS):
            return True
    if service in SIGNS_OF_LIFE:
        return _has_sign_of_life(SIGNS_OF_LIFE[service])
    from settings.environment import load_environment  # noqa: PLC0415 - Superset's environment has neither
    from stack.airflow_server import airflow_is_healthy  # noqa: PLC0415

    return airflow_is_healthy(load_environment(), service)


def _has_sign_of_life(key: str) -> bool:
    import redis  # noqa: PLC0415

    client = redis.Redis(
        host=os.environ["GROUNDUP_REDIS_HOST"],
        port=int(os.environ["GROUNDUP_REDIS_PORT"]),
        password=secrets_in_files()["GROUNDUP_REDIS_PASSWORD"],
        db=REDIS_DATABASE,
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
    )
    return bool(client.exists(key))


if __name__ == "__main__":
    sys.exit(not is_alive(sys.argv[1]))
