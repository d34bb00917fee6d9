"""The query of a check: read and checked when it is declared, written for the days and tables of a load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

_DIALECT = "mysql"
DAY = "date"
PARAMETERS = ("start_date", "end_date")


class StatementError(Exception):
    """A query that cannot be right; the message says why, as the rest of a sentence."""


def examine(sql: str, tables: Mapping[str, tuple[str, ...]]) -> None:
    """Raises StatementError for text that is no single SELECT over these tables and their columns."""
    _examine(sql, tuple(sorted(tables.items())))


@lru_cache(maxsize=256)
def _examine(sql: str, columns: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    tables = dict(columns)
    tree = _parsed(sql)
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.db or (table.name not in tables and table.name not in local):
            raise StatementError(f"reads {table.sql()}; declare it under the check's reads, or correct the name")
    unknown = {parameter.name for parameter in tree.find_all(exp.Parameter)} - set(PARAMETERS)
    if unknown:
        raise StatementError(f"has the parameter @{min(unknown)}; there are @start_date and @end_date")
    if {parameter.name for parameter in tree.find_all(exp.Parameter)} != set(PARAMETERS):
        raise StatementError("looks at all days; keep to those between @start_date and @end_date")
    schema: dict[str, object] = {name: dict.fromkeys(names, "TEXT") for name, names in tables.items()}
    try:
        qualified = qualify(tree.copy(), dialect=_DIALECT, schema=schema, quote_identifiers=False)
    except SqlglotError as error:
        raise StatementError(f"does not fit the tables ({str(error).splitlines()[0]})") from error
    if not isinstance(qualified, exp.Query) or DAY not in qualified.named_selects:
        raise StatementError("does not give the day; select it as `date`")


def written(sql: str, start: dt.date, end: dt.date, places: Mapping[str, str]) -> str:
    """The query that gives the first violation of these days, and how many there are as `violations`.

    `places` says under which name a table is found while it is filled beside the one that people read.
    """

    def settled(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter):
            day = start if node.name == PARAMETERS[0] else end
            return exp.cast(exp.Literal.string(day.isoformat()), "date")
        if isinstance(node, exp.Table) and places.get(node.name, node.name) != node.name:
            alias = node.alias or node.name
            return exp.alias_(exp.to_table(places[node.name]), alias, table=True)
        return node

    inner = _parsed(sql).transform(settled).sql(dialect=_DIALECT, identify=True)
    return f"SELECT found.*, COUNT(*) OVER () AS violations FROM ({inner}) AS found ORDER BY found.`{DAY}` LIMIT 1"


@lru_cache(maxsize=256)
def _parsed(sql: str) -> exp.Query:
    try:
        trees = sqlglot.parse(sql, dialect=_DIALECT)
    except SqlglotError as error:
        raise StatementError(f"is not MySQL's SQL ({str(error).splitlines()[0]})") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise StatementError("is not one SELECT")
    return trees[0]
