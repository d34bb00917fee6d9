"""`python -m orchestration.metadata`: Airflow's metadata database, made or migrated. Runs in Airflow's environment."""

from __future__ import annotations

import sqlite3

from airflow.models.pool import Pool
from airflow.settings import engine
from airflow.utils.db import initdb, upgradedb
from airflow.utils.session import create_session
from sqlalchemy import inspect

from orchestration.tasks import WAREHOUSE_POOL


def main() -> None:
    """Tables as the installed version wants them; readers that do not wait for writers; the pool of the warehouse."""
    if inspect(engine).has_table("alembic_version"):
        upgradedb()
    else:
        initdb()
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(engine.url.database) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    with create_session() as session:
        # Whoever has changed its size meant it.
        if Pool.get_pool(WAREHOUSE_POOL, session=session) is None:
            Pool.create_or_update_pool(
                WAREHOUSE_POOL, 1, "Tasks that open the warehouse: one at a time.", False, session=session
            )


if __name__ == "__main__":
    main()
