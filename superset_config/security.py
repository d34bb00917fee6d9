"""Keys, headers and limits."""

from __future__ import annotations

from urllib.parse import quote

from superset_config.environment import setting

SECRET_KEY = setting("GROUNDUP_SUPERSET_SECRET_KEY")
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
    # Plain http as long as it only listens on this machine; behind a proxy that ends TLS, the proxy redirects.
    "force_https": False,
    "session_cookie_secure": False,
}
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
# Guessing passwords gets slow; an office that signs in at nine does not notice.
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "60 per minute"

WTF_CSRF_ENABLED = True
SHOW_STACKTRACE = False
FAB_API_SWAGGER_UI = False
# The database behind an address is not for browsing: nobody but the administrator adds one.
PREVENT_UNSAFE_DB_CONNECTIONS = True
