"""GoogleSQL as DuckDB runs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from loaders.errors import WarehouseError

# The GoogleSQL name under which queries read an export; each engine puts its own table in its place.
EXPORT_WILDCARD = ("export", "events_*")


@dataclass(frozen=True)
class Translation:
    """A statement in DuckDB's dialect and the named parameters that it takes."""

    sql: str
    parameters: frozenset[str]


@lru_cache(maxsize=256)
def translate(google_sql: str, source: str = "") -> Translation:
    """The statement in DuckDB's dialect; `export.events_*` becomes the table that holds the source's export.

    Raises WarehouseError when the text is not GoogleSQL.
    """
    try:
        tree = sqlglot.parse_one(google_sql, read="bigquery")
    except SqlglotError as error:
        raise WarehouseError(f"A query is not GoogleSQL: {str(error).splitlines()[0]}; correct it.") from error
    for table in tree.find_all(exp.Table):
        if (table.db, table.name) == EXPORT_WILDCARD:
            table.set("this", exp.to_identifier(source, quoted=True))
            table.set("db", exp.to_identifier("exports"))
    names = frozenset(parameter.name for parameter in tree.find_all(exp.Parameter))
    return Translation(tree.transform(_keep_dates).sql(dialect="duckdb", comments=False), names)


def _keep_dates(node: exp.Expression) -> exp.Expression:
    """DATE_ADD and DATE_SUB give a DATE in GoogleSQL and a TIMESTAMP in DuckDB, which then scans all days for a few."""
    if isinstance(node, exp.DateAdd | exp.DateSub) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node
