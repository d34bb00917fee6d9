"""The keys that stored passwords are encrypted with: whether a home has the right ones, without keeping them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from backup.manifest import KeyCheck, Manifest
from settings.environment import SUPERSET_DATABASE, Environment

if TYPE_CHECKING:
    from loaders.store.connection import MySQL

SUPERSET = "GROUNDUP_SUPERSET_SECRET_KEY"
AIRFLOW = "GROUNDUP_AIRFLOW_SECRET_KEY"

# What Superset encrypts, by table.
ENCRYPTED = {
    "dbs": ("password", "encrypted_extra", "server_cert"),
    "database_user_oauth2_tokens": ("access_token", "refresh_token"),
    "ssh_tunnels": ("username", "password", "private_key", "private_key_password"),
}
_AIRFLOW_ENCRYPTED = {"connection": ("is_encrypted", "is_extra_encrypted"), "variable": ("is_encrypted",)}


def check_of(key: str, encrypted: int) -> KeyCheck:
    """What is kept of a key; `encrypted` is how many values hang on it."""
    salt = secrets.token_bytes(16)
    return KeyCheck(salt=salt.hex(), digest=_digest(key, salt), encrypted=encrypted)


def is_the_key(key: str, check: KeyCheck) -> bool:
    """Whether it is the one."""
    return hmac.compare_digest(_digest(key, bytes.fromhex(check.salt)), check.digest)


def _digest(key: str, salt: bytes) -> str:
    # A key that somebody chose could be guessed from a plain digest.
    return hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()


def missing_key(manifest: Manifest, environment: Environment) -> str | None:
    """The name of a key without which something in the backup could not be read here; None when there is none."""
    ours = {SUPERSET: environment.superset_secret_key, AIRFLOW: environment.airflow_secret_key}
    for name, check in manifest.keys.items():
        if check.encrypted and not is_the_key(ours.get(name, ""), check):
            return name
    return None


def encrypted_in_superset(connection: MySQL) -> int:
    """How many values Superset's database holds that its key has encrypted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s",
            (SUPERSET_DATABASE,),
        )
        present = set(cursor.fetchall())
        found = 0
        for table, columns in ENCRYPTED.items():
            for column in columns:
                if (table, column) in present:
                    cursor.execute(f"SELECT COUNT(*) FROM `{SUPERSET_DATABASE}`.`{table}` WHERE LENGTH(`{column}`) > 0")
                    row = cursor.fetchone()
                    found += int(row[0]) if row else 0
        return found


def encrypted_in_airflow(metadata: Path) -> int:
    """How many values Airflow's metadata hold that its key has encrypted."""
    with closing(sqlite3.connect(f"file:{metadata}?mode=ro", uri=True)) as connection:
        present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        found = 0
        for table, marks in _AIRFLOW_ENCRYPTED.items():
            if table in present:
                condition = " OR ".join(marks)
                found += connection.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {condition}').fetchone()[0]
        return found
