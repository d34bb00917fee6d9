"""Keys, headers and limits."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from settings.strength import is_production
from superset_config.environment import setting

SECRET_KEY = setting("GROUNDUP_SUPERSET_SECRET_KEY")
# While keys are changed: what was stored with the old one is encrypted anew at start.
PREVIOUS_SECRET_KEY = setting("GROUNDUP_SUPERSET_PREVIOUS_SECRET_KEY") or None
# Superset ships a public default for each of these.
GUEST_TOKEN_JWT_SECRET = setting("GROUNDUP_SUPERSET_GUEST_SECRET")
GLOBAL_ASYNC_QUERIES_JWT_SECRET = setting("GROUNDUP_SUPERSET_GUEST_SECRET")

# Pages load nothing from outside. Charts draw into blobs; styles are set inline by Superset's own components.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    # Plain http as long as it only listens on this machine; behind a proxy that ends TLS, the proxy redirects. Cookies
    # that come by https are for https alone: superset_config.sessions.
    "force_https": False,
    "session_cookie_secure": False,
}
# Only a proxy of ours may say who asks and how; anybody else would invent an address for each guess of a password.
ENABLE_PROXY_FIX = is_production(os.environ)
PROXY_FIX_CONFIG = {"x_for": 1, "x_proto": 1, "x_host": 0, "x_port": 0, "x_prefix": 0}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
CORS_OPTIONS: dict[str, list[str]] = {"origins": []}

# Counted in Redis, so that two workers do not allow twice as much.
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = (
    f"redis://:{quote(setting('GROUNDUP_REDIS_PASSWORD'), safe='')}"
    f"@{setting('GROUNDUP_REDIS_HOST')}:{setting('GROUNDUP_REDIS_PORT')}/2"
)
# For one address: a whole office may sit behind it, and one dashboard is some hundred requests.
RATELIMIT_APPLICATION = "1000 per second"
AUTH_RATE_LIMITED = True
# Wrong passwords from one address; right ones do not count, so an office that signs in at nine does not notice.
AUTH_RATE_LIMIT = "20 per minute"

WTF_CSRF_ENABLED = True
SHOW_STACKTRACE = False
FAB_API_SWAGGER_UI = False
# The database behind an address is not for browsing: nobody but the administrator adds one.
PREVENT_UNSAFE_DB_CONNECTIONS = True


# Where passwords are tried; Superset limits the page alone, which takes none.
_GUESSED_AT = ("AuthDBView.login", "SecurityApi.login")


def limit_guesses(app: Any) -> None:
    """Answer 429 to whoever tries more wrong passwords a minute than people do, at the form and at the interface."""
    from superset import security_manager  # noqa: PLC0415 - absent where only the pure parts are tested

    limit = security_manager.limiter.shared_limit(
        AUTH_RATE_LIMIT, scope="passwords", methods=["POST"], deduct_when=_is_refused
    )
    for endpoint in _GUESSED_AT:
        app.view_functions[endpoint] = limit(app.view_functions[endpoint])


def _is_refused(answer: Any) -> bool:
    """The form leads back to itself then."""
    return bool(answer.status_code >= HTTPStatus.BAD_REQUEST or "/login/" in answer.headers.get("Location", ""))
