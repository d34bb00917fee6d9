"""Who is signed in: kept in Redis, so that signing out ends a session everywhere and a stolen cookie can be revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from superset_config.environment import setting

SESSION_SERVER_SIDE = True
SESSION_TYPE = "redis"
SESSION_KEY_PREFIX = "superset:session:"
SESSION_PERMANENT = True
# The screen on the wall signs in once a month.
PERMANENT_SESSION_LIFETIME = timedelta(days=31)
SESSION_COOKIE_NAME = "groundup_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"


def redis_client() -> Any:
    """A client of the Redis database that holds the sessions; connects at its first command."""
    import redis  # noqa: PLC0415

    return redis.Redis(
        host=setting("GROUNDUP_REDIS_HOST"),
        port=int(setting("GROUNDUP_REDIS_PORT")),
        password=setting("GROUNDUP_REDIS_PASSWORD"),
        db=1,
        socket_connect_timeout=5,
    )


SESSION_REDIS = redis_client()
