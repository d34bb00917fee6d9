"""Where a dataset's columns come from, and what an expression sums: read out of the SQL text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from superset_sync.declared import Table

_DIALECT = "mysql"


class SqlError(Exception):
    """A statement or expression that cannot be right; the message says why."""


@dataclass(frozen=True)
class Column:
    """An output column: the keys over which it may be summed, or None where nothing forbids it."""

    additive_over: frozenset[str] | None


def output_columns(sql: str, tables: Mapping[str, Table]) -> dict[str, Column]:
    """The columns of a SELECT, resolved against the declared tables.

    Raises SqlError for text that is no query, for an unknown table and for an unknown column.
    """
    try:
        statement = sqlglot.parse_one(sql, dialect=_DIALECT)
    except SqlglotError as error:
        raise SqlError(f"the SQL cannot be parsed ({str(error).splitlines()[0]})") from error
    if not isinstance(statement, exp.Query):
        raise SqlError("the SQL is not a query")
    known = {cte.alias for cte in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        if table.name not in tables and table.name not in known:
            raise SqlError(f"the SQL reads `{table.name}`, which no report declares")
    schema: dict[str, object] = {name: dict.fromkeys(columns, "TEXT") for name, columns in tables.items()}
    try:
        qualified = qualify(statement, dialect=_DIALECT, schema=schema, quote_identifiers=False)
    except SqlglotError as error:
        raise SqlError(f"the SQL does not fit the tables ({str(error).splitlines()[0]})") from error
    assert isinstance(qualified, exp.Query)  # noqa: S101 - qualifying does not change what a statement is
    sources = {source.alias_or_name: source.name for source in qualified.find_all(exp.Table)}
    return {
        item.alias_or_name: Column(_additive_over(item, sources, tables))
        for item in qualified.selects
        if item.alias_or_name
    }


def referenced(expression: str) -> set[str]:
    """The column names in an expression. Raises SqlError when it cannot be parsed."""
    return {column.name for column in _parse(expression).find_all(exp.Column)}


def summed(expression: str) -> set[str]:
    """The names of the columns that an expression sums. Raises SqlError when it cannot be parsed."""
    return {column.name for total in _parse(expression).find_all(exp.Sum) for column in _values(total.this)}


def _values(expression: exp.Expr) -> list[exp.Column]:
    """The columns whose values count: not those that only decide, as in `CASE WHEN platform = …`."""
    if isinstance(expression, exp.Case):
        branches = [case.args["true"] for case in expression.args["ifs"]]
        default = expression.args.get("default")
        return [column for branch in [*branches, *([default] if default else [])] for column in _values(branch)]
    return list(expression.find_all(exp.Column))


def _parse(expression: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(expression, dialect=_DIALECT)
    except SqlglotError as error:
        raise SqlError(f"`{expression}` cannot be parsed ({str(error).splitlines()[0]})") from error


def _additive_over(item: exp.Expr, sources: Mapping[str, str], tables: Mapping[str, Table]) -> frozenset[str] | None:
    limits = [
        limit
        for column in item.find_all(exp.Column)
        if (limit := tables.get(sources.get(column.table, ""), {}).get(column.name)) is not None
    ]
    return frozenset.intersection(*limits) if limits else None
