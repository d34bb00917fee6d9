"""Our own tables in the metadata database, which live and die with it.

`groundup_boot` is the boot work's: fingerprints, a lock, and the mark of a first migration. `groundup_assets` says what
of the asset folders was last applied to this instance; `superset_config.assets_applied` reads and writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pymysql

from superset_config.accounts import ACCOUNTS, Account
from superset_config.environment import setting
from superset_config.errors import ServiceUnreachableError

_TABLE = "groundup_boot"
ASSETS_TABLE = "groundup_assets"
_FIRST_MIGRATION = "first migration is running"
# Longer than the boot work takes on a slow machine; a second starter waits for the first.
_LOCK_SECONDS = 180


@contextmanager
def open_ledger() -> Iterator[Ledger]:
    """The ledger, locked against a second starter. Raises ServiceUnreachableError."""
    place = f"{setting('GROUNDUP_MYSQL_HOST')}:{setting('GROUNDUP_MYSQL_PORT')}"
    try:
        connection = pymysql.connect(
            host=setting("GROUNDUP_MYSQL_HOST"),
            port=int(setting("GROUNDUP_MYSQL_PORT")),
            user="groundup_superset",
            password=setting("GROUNDUP_MYSQL_SUPERSET_PASSWORD"),
            database="superset",
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=10,
        )
    except pymysql.err.OperationalError as error:
        code, reason = (*error.args, "")[:2]
        if code in {1044, 1045, 1049}:
            raise ServiceUnreachableError(
                f"The database at {place} does not let groundup_superset in ({reason}); `groundup up mysql` creates "
                "the account and its database."
            ) from error
        raise ServiceUnreachableError(
            f"Superset's metadata database at {place} does not answer ({reason}); start it with `groundup up mysql`."
        ) from error
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(CONCAT(DATABASE(), '.groundup_boot'), %s)", (_LOCK_SECONDS,))
        (is_locked,) = cursor.fetchone() or (0,)
        if not is_locked:
            raise ServiceUnreachableError(
                f"Another Superset has been preparing the database at {place} for {_LOCK_SECONDS} s; "
                "stop it with `groundup down` and start again."
            )
        yield Ledger(cursor)


class Ledger:
    """What has been done to the metadata database."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} (step VARCHAR(64) PRIMARY KEY, fingerprint VARCHAR(64) NOT NULL)"
        )
        # Made here, since making a table ends a transaction.
        self._cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {ASSETS_TABLE} (uuid CHAR(36) PRIMARY KEY, kind VARCHAR(16) NOT NULL, "
            "number INT NOT NULL, file VARCHAR(255) NOT NULL, content LONGTEXT NOT NULL, applied_at DATETIME NOT NULL) "
            "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        )

    def fingerprints(self) -> dict[str, str]:
        """The steps that were done, with what they depended on."""
        self._cursor.execute(f"SELECT step, fingerprint FROM {_TABLE}")
        return dict(self._cursor.fetchall())

    def record(self, step: str, fingerprint: str) -> None:
        """A step was done."""
        self._cursor.execute(f"REPLACE INTO {_TABLE} VALUES (%s, %s)", (step, fingerprint))

    def is_complete(self, accounts: tuple[Account, ...] = ACCOUNTS) -> bool:
        """Whether the tables, roles with permissions and accounts that the fingerprints promise are there."""
        if not {"alembic_version", "ab_user", "ab_role", "ab_user_role", "ab_permission_view_role"} <= self._tables():
            return False
        marks = ", ".join(["(%s, %s)"] * len(accounts))
        self._cursor.execute(
            "SELECT COUNT(DISTINCT u.id), (SELECT COUNT(*) FROM alembic_version) FROM ab_user u "
            "JOIN ab_user_role ur ON ur.user_id = u.id JOIN ab_role r ON r.id = ur.role_id "
            f"WHERE (u.username, r.name) IN ({marks}) "
            "AND EXISTS (SELECT 1 FROM ab_permission_view_role p WHERE p.role_id = r.id)",
            [part for account in accounts for part in (account.username, account.role)],
        )
        found, versions = self._cursor.fetchone()
        return bool(found == len(accounts) and versions)

    def begin_migration(self) -> None:
        """Remember a first migration; clear away what an interrupted one left.

        MySQL cannot roll tables back, so half of a first migration cannot be continued. Nothing is lost: nobody has
        ever used that database.
        """
        tables = self._tables() - {_TABLE, ASSETS_TABLE}
        if _FIRST_MIGRATION in self.fingerprints():
            self._cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
            for table in sorted(tables):
                self._cursor.execute(f"DROP TABLE `{table}`")
            self._cursor.execute("SET FOREIGN_KEY_CHECKS = 1")
        elif not tables:
            self.record(_FIRST_MIGRATION, "")

    def end_migration(self) -> None:
        """The first migration is through."""
        self._cursor.execute(f"DELETE FROM {_TABLE} WHERE step = %s", (_FIRST_MIGRATION,))

    def _tables(self) -> set[str]:
        self._cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        return {name for (name,) in self._cursor.fetchall()}
