"""Where Superset keeps its own state: the database `superset` in MySQL or MariaDB."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from superset_config.environment import setting

SQLALCHEMY_DATABASE_URI = (
    f"mysql+pymysql://groundup_superset:{quote(setting('GROUNDUP_MYSQL_SUPERSET_PASSWORD'), safe='')}"
    f"@{setting('GROUNDUP_MYSQL_HOST')}:{setting('GROUNDUP_MYSQL_PORT')}/superset?charset=utf8mb4"
)
SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = {
    # What one request wrote, the next one must see: MySQL's default would go on reading an older snapshot.
    "isolation_level": "READ COMMITTED",
    # The server closes idle connections; Superset asks before it uses one.
    "pool_recycle": 1800,
    # One for each thread of a worker, and some to spare.
    "pool_size": 8,
    "max_overflow": 8,
}


def use_pymysql() -> None:
    """Make SQLAlchemy speak through PyMySQL, and treat MariaDB as the MySQL that Superset's migrations expect.

    MariaDB has sequences; SQLAlchemy would then create them in a form that MariaDB rejects (`NO CYCLE`).
    """
    import pymysql  # noqa: PLC0415 - both are absent where only the pure parts are tested
    from sqlalchemy.dialects.mysql.base import MySQLDialect  # noqa: PLC0415

    pymysql.install_as_MySQLdb()
    if getattr(MySQLDialect.initialize, "without_sequences", False):
        return
    initialize = MySQLDialect.initialize

    def without_sequences(dialect: Any, connection: Any) -> None:
        initialize(dialect, connection)
        dialect.supports_sequences = False

    without_sequences.without_sequences = True  # type: ignore[attr-defined]
    MySQLDialect.initialize = without_sequences
