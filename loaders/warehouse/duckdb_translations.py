"""Translated statements, kept in the warehouse: making one takes longer than a small day's statement runs."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb

from loaders.warehouse.duckdb_statement import Translation


def kept_translation(
    connection: duckdb.DuckDBPyConnection, google_sql: str, source: str, types: Mapping[str, str]
) -> Translation:
    """The statement in DuckDB's dialect, as `translate` makes it; the second time it is looked up.

    Raises WarehouseError when the text is not GoogleSQL.
    """
    content = json.dumps([google_sql, source, sorted(types.items())])
    key, translator = hashlib.sha256(content.encode()).hexdigest(), _translator_version()
    # To the last row: DuckDB refuses other work while a result is half read.
    found = connection.execute(
        "SELECT sql, parameters FROM groundup.translations WHERE key = ? AND translator = ?", [key, translator]
    ).fetchall()
    if found:
        sql, parameters = found[0]
        return Translation(sql, frozenset(parameters))
    # Reading in the translator takes longer than a load that finds nothing to do.
    from loaders.warehouse.duckdb_sql import translate  # noqa: PLC0415

    made = translate(google_sql, source, types)
    connection.execute("DELETE FROM groundup.translations WHERE translator <> ?", [translator])
    connection.execute(
        "INSERT OR REPLACE INTO groundup.translations VALUES (?, ?, ?, ?)",
        [key, translator, made.sql, sorted(made.parameters)],
    )
    return made


@cache
def _translator_version() -> str:
    """Changes with whatever may change a translation."""
    own = (Path(__file__).parent / "duckdb_sql.py").read_text(encoding="utf-8")
    return hashlib.sha256(own.encode()).hexdigest() + importlib.metadata.version("sqlglot")
