"""Which tables a statement reads."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def tables_of(sql: str) -> frozenset[str]:
    """The tables of MySQL that a query reads; none for text that is no query."""
    from superset.exceptions import SupersetParseError  # noqa: PLC0415 - absent where only the pure parts are tested
    from superset.sql.parse import SQLScript  # noqa: PLC0415

    try:
        return frozenset(table.table for statement in SQLScript(sql, "mysql").statements for table in statement.tables)
    except SupersetParseError:
        return frozenset()
