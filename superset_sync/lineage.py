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
    """An output column: the keys over which it may be summed, or None where nothing forbids it.

    `origin`: the one column, as (table, column), whose values it shows; None where it shows several or none.
    `is_conditional`: it shows them only under a condition, and is empty otherwise.
    """

    additive_over: frozenset[str] | None
    origin: tuple[str, str] | None = None
    is_conditional: bool = False


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
        item.alias_or_name: Column(
            _additive_over(item, sources, tables), _origin(item, sources), _is_conditional(item.unalias())
        )
        for item in qualified.selects
        if item.alias_or_name
    }


def referenced(expression: str) -> set[str]:
    """The column names in an expression. Raises SqlError when it cannot be parsed."""
    return {column.name for column in _parse(expression).find_all(exp.Column)}


@dataclass(frozen=True, order=True)
class Total:
    """A column that an expression sums, and the keys over which that is no sum of the column.

    `held`: `SUM(CASE WHEN day_n = 7 THEN active_users END)` sums over one value of day_n only.
    `averaged`: `SUM(users) / COUNT(DISTINCT date)` is a mean over dates; in `SUM(events) / SUM(users)` the users of
    several dates are user-days, of which each has its share of the events.
    """

    column: str
    held: frozenset[str] = frozenset()
    averaged: frozenset[str] = frozenset()


_DAY = "date"


def summed(expression: str) -> set[Total]:
    """The columns that an expression sums. Raises SqlError when it cannot be parsed."""
    return {
        Total(column.name, held, _averaged(total))
        for total in _parse(expression).find_all(exp.Sum)
        for column, held in _values(total.this)
    }


def _values(expression: exp.Expr) -> list[tuple[exp.Column, frozenset[str]]]:
    """The columns whose values count, and the keys that are held to one value.

    Columns that only decide, as in `CASE WHEN platform = …`, do not count.
    """
    if isinstance(expression, exp.Case):
        found = []
        for case in expression.args["ifs"]:
            held = _held(case.this)
            found += [(column, inner | held) for column, inner in _values(case.args["true"])]
        default = expression.args.get("default")
        return found + (_values(default) if default else [])
    return [(column, frozenset()) for column in expression.find_all(exp.Column)]


def _held(condition: exp.Expr) -> frozenset[str]:
    return frozenset(
        part.this.name
        for part in (condition.flatten() if isinstance(condition, exp.And) else [condition])
        if isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Literal)
    )


def _averaged(total: exp.Sum) -> frozenset[str]:
    """The key over which a sum becomes a mean by the division that it is part of."""
    part: exp.Expr = total
    while isinstance(part.parent, exp.Nullif | exp.Paren):
        part = part.parent
    division = part.parent
    if not isinstance(division, exp.Div):
        return frozenset()
    if part is division.expression:
        return frozenset({_DAY})
    divisor = division.expression
    while isinstance(divisor, exp.Nullif | exp.Paren):
        divisor = divisor.this
    if isinstance(divisor, exp.Count) and isinstance(divisor.this, exp.Distinct):
        return frozenset(column.name for column in divisor.this.expressions if isinstance(column, exp.Column))
    return frozenset()


def _parse(expression: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(expression, dialect=_DIALECT)
    except SqlglotError as error:
        raise SqlError(f"`{expression}` cannot be parsed ({str(error).splitlines()[0]})") from error


def _origin(item: exp.Expr, sources: Mapping[str, str]) -> tuple[str, str] | None:
    shown = item.unalias()
    if not isinstance(shown, exp.Column | exp.Case):
        return None
    found = {(sources.get(column.table, ""), column.name) for column, _ in _values(shown)}
    return found.pop() if len(found) == 1 else None


def _is_conditional(shown: exp.Expr) -> bool:
    return isinstance(shown, exp.Case) and shown.args.get("default") is None


def _additive_over(item: exp.Expr, sources: Mapping[str, str], tables: Mapping[str, Table]) -> frozenset[str] | None:
    limits = [
        limit
        for column in item.find_all(exp.Column)
        if (limit := tables.get(sources.get(column.table, ""), {}).get(column.name)) is not None
    ]
    return frozenset.intersection(*limits) if limits else None
