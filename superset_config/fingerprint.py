"""Whether the boot work must be done: what it depends on, as one fingerprint a step.

The fingerprints lie in the metadata database itself, so that they go when it goes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from pathlib import Path

from superset_config.accounts import Account

MIGRATIONS = "migrations"
ROLES = "roles"
ACCOUNTS = "accounts"
STEPS = (MIGRATIONS, ROLES, ACCOUNTS)

# What decides how the tables are made, and which permissions and roles there are.
_MIGRATION_SOURCES = ("metadata.py",)
_ROLE_SOURCES = ("assets_roles.py", "boot.py", "features.py", "metadata.py")


def fingerprints(*, version: str, package: Path, accounts: Iterable[Account], secret: str) -> dict[str, str]:
    """What each step depends on, as hexadecimal digests.

    Keyed with the secret key: a digest in the database tells nobody anything about a password.
    """
    parts = {
        MIGRATIONS: [version, *_contents(package, _MIGRATION_SOURCES)],
        ROLES: [version, *_contents(package, _ROLE_SOURCES)],
        ACCOUNTS: [part for account in accounts for part in (account.username, account.role, account.password)],
    }
    return {step: _digest(secret, texts) for step, texts in parts.items()}


def outdated(wanted: Mapping[str, str], found: Mapping[str, str], *, is_complete: bool) -> tuple[str, ...]:
    """The steps to do, in their order; all of them when the database does not hold what the fingerprints promise.

    A step leads to those after it: new tables may bring new permissions, new roles must reach the accounts.
    """
    if not is_complete:
        return STEPS
    for position, step in enumerate(STEPS):
        if wanted[step] != found.get(step):
            return STEPS[position:]
    return ()


def _contents(package: Path, names: Iterable[str]) -> list[str]:
    return [(package / name).read_text(encoding="utf-8") for name in names]


def _digest(secret: str, parts: Iterable[str]) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
