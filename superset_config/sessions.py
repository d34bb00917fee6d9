"""Who is signed in: kept in Redis, so that signing out ends a session everywhere and a stolen cookie can be revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from superset_config.redis_connection import connect_redis

SESSION_SERVER_SIDE = True
SESSION_TYPE = "redis"
SESSION_KEY_PREFIX = "superset:session:"
SESSION_PERMANENT = True
# The screen on the wall signs in once a month.
PERMANENT_SESSION_LIFETIME = timedelta(days=31)
# Each picture and script would cost a write in Redis.
SESSION_REFRESH_EACH_REQUEST = False
SESSION_COOKIE_NAME = "groundup_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"


def redis_client() -> Any:
    """A client of the Redis database that holds the sessions; connects at its first command."""
    return connect_redis(1)


SESSION_REDIS = redis_client()


def guard_sessions(app: Any) -> None:
    """Sign-in begins a new session, sign-out ends it in Redis, and a cookie that came by https goes by https alone.

    A cookie is sent to whoever does not have it yet. Sent with each answer, as Flask does, a late one to the sign-in
    page would undo the sign-in.
    """
    from flask import request, session  # noqa: PLC0415 - absent where only the pure parts are tested
    from flask_login import user_logged_in, user_logged_out  # noqa: PLC0415

    def renew(_app: Any, **_: Any) -> None:
        # A cookie that somebody else put into the browser beforehand does not become this person's.
        app.session_interface.regenerate(session)

    def end(_app: Any, **_: Any) -> None:
        session.clear()

    def is_new(_app: Any, kept: Any) -> bool:
        return bool(request.cookies.get(SESSION_COOKIE_NAME) != kept.sid)

    user_logged_in.connect(renew, app, weak=False)
    user_logged_out.connect(end, app, weak=False)
    app.session_interface.should_set_cookie = is_new
    # The command line on this machine goes to the same server without TLS.
    app.session_interface.get_cookie_secure = lambda _app: request.is_secure
