"""Forgetting a person: out of the exports and of every table that is kept by user, for good."""

from __future__ import annotations

import hashlib

import duckdb

from loaders.catalog import Catalog
from loaders.export_days import register_days
from loaders.exports import USER_KEY
from loaders.warehouse.duckdb import DuckDBWarehouse, new_version


def forget(warehouse: DuckDBWarehouse, catalog: Catalog, user_key: str) -> int:
    """Removes the user from the warehouse in one transaction; gives the number of days that had events of it.

    Then the file is written anew; where that is cut short, the next load does it. The next load also restates what
    this changes. A digest of the key stays, so that ingesting the same files again does not bring the person back.
    Raises WarehouseError.
    """
    digest = hashlib.sha256(user_key.encode()).hexdigest()
    changed = 0
    with warehouse.transaction() as connection:
        warehouse.wish_rewrite()
        connection.execute("INSERT OR IGNORE INTO groundup.forgotten VALUES (?)", [digest])
        for source, (schema, _) in warehouse.sources().items():
            changed += _forget_in_export(connection, source, schema, user_key)
        present = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for table in catalog.tables.values():
            if table.name in present and any(column.name == "user_key" for column in table.columns):
                connection.execute(f"DELETE FROM {table.name} WHERE user_key = ?", [user_key])
    warehouse.rewrite_if_wished()
    return changed


def leave_out_forgotten(connection: duckdb.DuckDBPyConnection, source: str, schema: str, version: str) -> None:
    """Removes those who were forgotten from what has just been appended under `version`."""
    if connection.execute("SELECT 1 FROM groundup.forgotten LIMIT 1").fetchone():
        connection.execute(
            f'DELETE FROM delivered."{source}" WHERE _version = ? '
            f"AND sha256({USER_KEY[schema]}) IN (SELECT user_key_sha256 FROM groundup.forgotten)",
            [version],
        )


def _forget_in_export(connection: duckdb.DuckDBPyConnection, source: str, schema: str, user_key: str) -> int:
    table, place = f'delivered."{source}"', f"{USER_KEY[schema]} = ?"
    days = [
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT _TABLE_SUFFIX FROM {table} WHERE {place}", [user_key]
        ).fetchall()
    ]
    if days:
        connection.execute(f"DELETE FROM {table} WHERE {place}", [user_key])
        # The day's content has changed: under a new version, everything that was computed from it is computed anew.
        connection.execute(
            f"UPDATE {table} SET _version = ? WHERE _TABLE_SUFFIX IN (SELECT unnest(?::VARCHAR[]))",
            [new_version(), days],
        )
        register_days(connection, source, schema, days)
    return len(days)
