"""The `GROUNDUP_…` variables that Superset reads; `groundup up` sets them all."""

from __future__ import annotations

import os
from collections.abc import Mapping

from settings.secret_files import secrets_in_files
from settings.strength import REMEDY, is_production, weakness
from superset_config.errors import SettingMissingError, SettingWeakError

REQUIRED = (
    "GROUNDUP_HOME",
    "GROUNDUP_MYSQL_READER_PASSWORD",
    "GROUNDUP_MYSQL_SUPERSET_PASSWORD",
    "GROUNDUP_REDIS_PASSWORD",
    "GROUNDUP_SUPERSET_SECRET_KEY",
    "GROUNDUP_SUPERSET_GUEST_SECRET",
)
_DEFAULTS = {
    "GROUNDUP_BIGQUERY_LOCATION": "US",
    "GROUNDUP_COMPANY_NAME": "Ground Up",
    "GROUNDUP_DEBUG": "false",
    "GROUNDUP_MYSQL_HOST": "127.0.0.1",
    "GROUNDUP_MYSQL_PORT": "13306",
    "GROUNDUP_OAUTH_DOMAIN_CLAIM": "hd",
    "GROUNDUP_OAUTH_ISSUER": "https://accounts.google.com",
    "GROUNDUP_OAUTH_LABEL": "Google",
    "GROUNDUP_REDIS_HOST": "127.0.0.1",
    "GROUNDUP_REDIS_PORT": "16379",
    "GROUNDUP_SQLLAB_BIGQUERY_DAILY_USD": "10.0",
    "GROUNDUP_SQLLAB_BIGQUERY_MAX_BYTES": str(100 * 2**30),
    "GROUNDUP_SUPERSET_HOST": "127.0.0.1",
    "GROUNDUP_SUPERSET_PORT": "8088",
    "GROUNDUP_SMTP_HOST": "127.0.0.1",
    "GROUNDUP_SMTP_PORT": "25",
    "GROUNDUP_SMTP_FROM": "groundup@localhost",
}


def setting(name: str) -> str:
    """The value of one variable, or its default; empty when it has neither."""
    return os.environ.get(name) or secrets_in_files().get(name) or _DEFAULTS.get(name, "")


def settings_in_force() -> dict[str, str]:
    """The environment, and the secrets that lie in files."""
    return {**secrets_in_files(), **os.environ}


def is_debug() -> bool:
    """Whether failures are shown with their traceback and the log is verbose."""
    return setting("GROUNDUP_DEBUG").lower() in {"1", "true", "yes", "on"}


def check(environment: Mapping[str, str]) -> None:
    """Raises SettingMissingError, naming all of them, when a variable without a default is not set.

    Raises SettingWeakError when others can reach Superset and a password or key can be guessed.
    """
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise SettingMissingError(
            f"Superset cannot start without {', '.join(missing)}; start it with `groundup up`, which sets them."
        )
    weak = weakness(environment) if is_production(environment) else ""
    if weak:
        raise SettingWeakError(f"Superset does not start where others can reach it: {weak}; {REMEDY}.")
