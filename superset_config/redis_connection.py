"""One way to our Redis."""

from __future__ import annotations

from typing import Any

from superset_config.environment import setting


def connect_redis(database: int, **more: Any) -> Any:
    """A client of one of its databases; connects at its first command. `more` is redis-py's."""
    import redis  # noqa: PLC0415 - absent where only the pure parts are tested

    return redis.Redis(
        host=setting("GROUNDUP_REDIS_HOST"),
        port=int(setting("GROUNDUP_REDIS_PORT")),
        password=setting("GROUNDUP_REDIS_PASSWORD"),
        db=database,
        socket_connect_timeout=5,
        **more,
    )
