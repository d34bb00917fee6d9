"""Where a dataset's columns come from, and what an expression sums: read out of the SQL text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from superset_sync.declared import Table

_DIALECT = "mysql"


class SqlError(Exception):
    """A statement or expression that cannot be right; the message says why."""


@dataclass(frozen=True)
class Column:
    """An output column: the keys over which it may be summed, or None where nothing forbids it.

    `origin`: the one column, as (table, column), whose values it shows; None where it shows several or none.
    `is_conditional`: it shows them only under a condition, and is empty otherwise.
    `keys`: of a column with a limit, the keys of the tables that it comes from, without those that the SQL holds to
    one value.
    """

    additive_over: frozenset[str] | None
    origin: tuple[str, str] | None = None
    is_conditional: bool = False
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Query:
    """The output columns of a SELECT, and its sums that are none: column → the keys that it must not be added over."""

    columns: Mapping[str, Column]
    lost: Mapping[str, frozenset[str]]


def resolve(sql: str, tables: Mapping[str, Table]) -> Query:
    """A SELECT, resolved against the declared tables.

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
        scope = build_scope(qualify(statement, dialect=_DIALECT, schema=schema, quote_identifiers=False))
    except SqlglotError as error:
        raise SqlError(f"the SQL does not fit the tables ({str(error).splitlines()[0]})") from error
    assert scope is not None  # noqa: S101 - what was qualified is a query
    resolution = _Resolution(tables)
    lost = [resolution.lost(part) for part in scope.traverse()]
    return Query(resolution.columns(scope), _merged(lost))


def plain_columns(sql: str, table: str) -> frozenset[str] | None:
    """The columns that a SELECT shows as `table` has them, under the same name; None where it does not read `table`.

    Raises SqlError for text that cannot be parsed.
    """
    try:
        statement = sqlglot.parse_one(sql, dialect=_DIALECT)
    except SqlglotError as error:
        raise SqlError(f"the SQL cannot be parsed ({str(error).splitlines()[0]})") from error
    sources = {source.alias_or_name for source in statement.find_all(exp.Table) if source.name == table}
    if not sources:
        return None
    shown = [(item.alias_or_name, item.unalias()) for item in getattr(statement, "selects", [])]
    return frozenset(
        name
        for name, value in shown
        if isinstance(value, exp.Column) and value.name == name and value.table in {"", *sources}
    )


def table_columns(name: str, table: Table) -> dict[str, Column]:
    """The columns of a table as they are."""
    keys = keys_of(table)
    return {
        column: Column(additive, (name, column), keys=keys if additive is not None else frozenset())
        for column, additive in table.items()
    }


def keys_of(table: Table) -> frozenset[str]:
    """The keys of a report: where some columns say over what they add, the others."""
    if all(additive is None for additive in table.values()):
        return frozenset()
    return frozenset(column for column, additive in table.items() if additive is None)


def combined(parts: Iterable[Column]) -> Column:
    """What is made of several columns: it may be summed over what all of them may, by the keys of all."""
    limited = [part for part in parts if part.additive_over is not None]
    if not limited:
        return Column(None)
    limits = [part.additive_over for part in limited if part.additive_over is not None]
    return Column(frozenset.intersection(*limits), keys=frozenset().union(*(part.keys for part in limited)))


class _Resolution:
    """Follows the columns of a query through its subqueries."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._done: dict[int, dict[str, Column]] = {}

    def columns(self, scope: Scope) -> dict[str, Column]:
        if id(scope) not in self._done:
            select = scope.expression
            if scope.set_operation_scopes:
                self._done[id(scope)] = self._of_set(scope)
            elif isinstance(select, exp.Select):
                pinned = self._pinned(scope)
                self._done[id(scope)] = {
                    item.alias_or_name: self._output(scope, item, pinned)
                    for item in select.selects
                    if item.alias_or_name
                }
            else:
                self._done[id(scope)] = {}
        return self._done[id(scope)]

    def lost(self, scope: Scope) -> dict[str, frozenset[str]]:
        if not isinstance(scope.expression, exp.Select):
            return {}
        pinned = self._pinned(scope)
        group = scope.expression.args.get("group")
        lost: dict[str, frozenset[str]] = {}
        for total in scope.expression.find_all(exp.Sum):
            if not _is_own(total, scope.expression):
                continue
            window = total.parent if isinstance(total.parent, exp.Window) else None
            by = window.args.get("partition_by") or [] if window else group.expressions if group else []
            kept = self._keys(scope, by) | pinned | _averaged(total)
            for column, held in _values(total.this):
                source = self._source(scope, column)
                if source.additive_over is not None:
                    keys = source.keys - source.additive_over - kept - held
                    lost |= {column.name: keys} if keys else {}
        return lost

    def _of_set(self, scope: Scope) -> dict[str, Column]:
        """The columns of a UNION, place by place."""
        first, *others = [self.columns(part) for part in scope.set_operation_scopes]
        rows = [list(other.values()) for other in others]
        return {
            name: replace(combined([column, *(row[place] for row in rows)]), origin=column.origin)
            if all(row[place].origin == column.origin for row in rows)
            else combined([column, *(row[place] for row in rows)])
            for place, (name, column) in enumerate(first.items())
        }

    def _source(self, scope: Scope, column: exp.Column) -> Column:
        source = scope.sources.get(column.table)
        if isinstance(source, Scope):
            return self.columns(source).get(column.name, Column(None))
        if isinstance(source, exp.Table) and source.name in self._tables:
            return table_columns(source.name, self._tables[source.name]).get(column.name, Column(None))
        return Column(None)

    def _output(self, scope: Scope, item: exp.Expr, pinned: frozenset[str]) -> Column:
        shown = item.unalias()
        made = combined(self._source(scope, column) for column in _own_columns(item))
        origin, is_conditional = None, _is_conditional(shown)
        if isinstance(shown, exp.Column | exp.Case):
            sources = {self._source(scope, column) for column, _ in _values(shown)}
            if len({source.origin for source in sources}) == 1:
                source = sources.pop()
                origin, is_conditional = source.origin, is_conditional or source.is_conditional
        return Column(made.additive_over, origin, is_conditional, made.keys - pinned)

    def _keys(self, scope: Scope, by: Iterable[exp.Expr]) -> frozenset[str]:
        """The keys that grouping by these expressions keeps apart."""
        origins = {self._output(scope, part, frozenset()).origin for part in by}
        return frozenset(origin[1] for origin in origins if origin is not None)

    def _pinned(self, scope: Scope) -> frozenset[str]:
        """The keys that WHERE holds to one value."""
        where = scope.expression.args.get("where")
        conditions = [] if where is None else _conditions(where.this)
        found: set[str] = set()
        for part in conditions:
            for side, other in ((part.this, part.expression), (part.expression, part.this)):
                if isinstance(part, exp.EQ) and isinstance(side, exp.Column) and not list(_own_columns(other)):
                    found |= self._keys(scope, [side])
        return frozenset(found)


def _own_columns(expression: exp.Expr) -> Iterator[exp.Column]:
    """The columns of an expression that do not belong to a subquery in it."""
    for column in expression.find_all(exp.Column):
        if _is_own(column, expression):
            yield column


def _is_own(part: exp.Expr, whole: exp.Expr) -> bool:
    node = part.parent
    while node is not None and node is not whole:
        if isinstance(node, exp.Query):
            return False
        node = node.parent
    return True


def _merged(lost: Iterable[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in lost:
        for column, keys in each.items():
            found[column] = found.get(column, frozenset()) | keys
    return found


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


def held_keys(condition: str) -> frozenset[str]:
    """The columns that a condition holds to one value. Raises SqlError when it cannot be parsed."""
    return _held(_parse(condition))


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
        for part in _conditions(condition)
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


def _conditions(condition: exp.Expr) -> list[exp.Expr]:
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _is_conditional(shown: exp.Expr) -> bool:
    return isinstance(shown, exp.Case) and shown.args.get("default") is None
