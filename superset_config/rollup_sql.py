"""Reading a rollup in place of its report wherever the answer is the same, decided by the finished statement.

A rollup holds a report's figures summed over some of its keys. A SELECT may read it when it only sums figures that the
rollup has, over rows that it tells apart by keys that the rollup has. Whatever is not understood reads the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_DIALECT = "mysql"
# Aggregates that see which values there are and not how many rows hold them.
_INSENSITIVE = exp.Min | exp.Max
_LISTS = exp.JSONArrayAgg | exp.JSONObjectAgg


@dataclass(frozen=True)
class Rollup:
    """A table with the figures of the report `of`, summed over the keys that it lacks."""

    name: str
    of: str
    keys: frozenset[str]
    figures: frozenset[str]


@dataclass(frozen=True)
class Output:
    """A column that a SELECT offers: the report's columns that it shows, and whether it shows a figure's values."""

    columns: frozenset[str]
    is_figure: bool


@dataclass(frozen=True)
class Report:
    """A report that has rollups: its columns by what they are."""

    keys: frozenset[str]
    figures: frozenset[str]

    def outputs(self) -> dict[str, Output]:
        """Its columns as a SELECT from it sees them."""
        named = [(key, False) for key in self.keys] + [(figure, True) for figure in self.figures]
        return {name: Output(frozenset({name}), is_figure) for name, is_figure in named}


def choose(sql: str, reports: Mapping[str, Report], rollups: Sequence[Rollup]) -> str:
    """The statement with each report that a rollup can stand for replaced by the first one of `rollups` that can."""
    if not any(rollup.of in sql for rollup in rollups):
        return sql
    try:
        statement = sqlglot.parse_one(sql, dialect=_DIALECT)
    except SqlglotError:
        return sql
    changes: list[tuple[int, int, str]] = []
    for table in statement.find_all(exp.Table):
        select = table.parent_select
        if table.name not in reports or table.db or not isinstance(select, exp.Select) or not _is_source(table, select):
            continue
        candidates = [rollup for rollup in rollups if rollup.of == table.name]
        change = _change(sql, table, select, reports[table.name], candidates)
        if change:
            changes.append(change)
    # From the end, so that what stands before keeps its place.
    for start, end, text in sorted(changes, reverse=True):
        sql = sql[:start] + text + sql[end:]
    return sql


def _change(
    sql: str, table: exp.Table, select: exp.Select, report: Report, rollups: Sequence[Rollup]
) -> tuple[int, int, str] | None:
    """What to write in place of which part of the text."""
    start, end = table.this.meta.get("start"), table.this.meta.get("end")
    if start is None or end is None:
        return None
    if _aggregates(select):
        found = _first(rollups, _needed(select, report.outputs()))
        return (start, end + 1, found.name) if found else None
    # A plain SELECT of rows, as a dataset is: what counts is what the SELECT around it does with them.
    around = select.parent.parent_select if isinstance(select.parent, exp.Subquery) else None
    if around is None or not _is_plain(select) or not _is_source(select.parent, around) or not _aggregates(around):
        return None
    outputs, kept = _outputs(select, table, report), _kept(select, table)
    if outputs is None or kept is None or not kept <= report.keys:
        return None
    needed = _needed(around, outputs)
    found = _first(rollups, None if needed is None else needed | kept)
    span = _parentheses(sql, start)
    return (*span, _smaller(select, table, found, outputs)) if found and span else None


def _smaller(select: exp.Select, table: exp.Table, rollup: Rollup, outputs: Mapping[str, Output]) -> str:
    """The dataset's SELECT from the rollup, without the columns that it lacks."""
    smaller = select.copy()
    offered = rollup.keys | rollup.figures
    smaller.set("expressions", [item for item in smaller.selects if outputs[item.alias_or_name].columns <= offered])
    source = next(copied for copied in smaller.find_all(exp.Table) if _is_source(copied, smaller))
    source.set("this", exp.to_identifier(rollup.name))
    source.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name)))
    return smaller.sql(dialect=_DIALECT, pretty=True)


def _first(rollups: Sequence[Rollup], needed: frozenset[str] | None) -> Rollup | None:
    if needed is None:
        return None
    return next((rollup for rollup in rollups if needed <= rollup.keys | rollup.figures), None)


def _is_source(source: exp.Expression, select: exp.Select) -> bool:
    """Whether it is what the SELECT reads FROM, rather than what it joins."""
    clause = select.args.get("from_") or select.args.get("from")
    return clause is not None and clause.this is source


def _is_plain(select: exp.Select) -> bool:
    """Whether it gives a row for each row."""
    clauses = ("distinct", "having", "limit", "offset", "order", "qualify", "windows", "laterals", "with", "with_")
    return not any(select.args.get(clause) for clause in clauses) and not any(
        isinstance(node, exp.Window | exp.Query) for item in select.selects for node in item.walk()
    )


def _aggregates(select: exp.Select) -> bool:
    if select.args.get("group") or select.args.get("distinct"):
        return True
    return any(isinstance(node, exp.AggFunc) for item in select.selects for node in _own(item))


def _outputs(select: exp.Select, table: exp.Table, report: Report) -> dict[str, Output] | None:
    """What a dataset's SELECT offers; None when a figure is not shown as it is."""
    own = report.outputs()
    found: dict[str, Output] = {}
    for item in select.selects:
        columns = {column.name for column in item.find_all(exp.Column) if _belongs(column, table)}
        if item.find(exp.Star) or not item.alias_or_name or not columns <= own.keys():
            return None
        figures = columns & report.figures
        if figures and not _is_linear(item.unalias(), {name: own[name] for name in columns}):
            return None
        found[item.alias_or_name] = Output(frozenset(columns), bool(figures))
    return found


def _kept(select: exp.Select, table: exp.Table) -> frozenset[str] | None:
    """The report's columns by which the SELECT joins and filters; None where they are not written out.

    Rows that are alike in these meet the same rows of the joined tables, so adding them up before changes no sum.
    """
    joins = select.args.get("joins") or []
    if any(join.args.get("using") or join.args.get("method") for join in joins):
        return None
    conditions = [join.args.get("on") for join in joins] + [select.args.get("where")]
    return frozenset(
        column.name
        for condition in conditions
        if condition is not None
        for column in condition.find_all(exp.Column)
        if _belongs(column, table)
    )


def _belongs(column: exp.Column, table: exp.Table) -> bool:
    """Whether it is the report's; without a name in front of it, it may be."""
    return column.table in ("", table.alias_or_name)


def _needed(select: exp.Select, outputs: Mapping[str, Output]) -> frozenset[str] | None:
    """The report's columns that an aggregating SELECT uses; None when it must see each row."""
    needed: frozenset[str] = frozenset()
    for node in _own(select):
        if isinstance(node, exp.Star | exp.Anonymous | exp.AnonymousAggFunc | _LISTS) or _is_asked_aside(node, select):
            return None
        if isinstance(node, exp.Sum) and not isinstance(node.this, exp.Sum) and not _is_sum(node, outputs):
            return None
        if isinstance(node, exp.AggFunc) and not isinstance(node, exp.Sum | _INSENSITIVE) and not _is_distinct(node):
            return None
        if isinstance(node, exp.Column) and node.name in outputs:
            if outputs[node.name].is_figure and not isinstance(node.find_ancestor(exp.Sum, exp.Select), exp.Sum):
                return None
            needed |= outputs[node.name].columns
    return needed


def _is_asked_aside(node: exp.Expression, select: exp.Select) -> bool:
    """Whether it is a SELECT inside an expression: it may look at columns of this one."""
    place = node.parent.parent if isinstance(node.parent, exp.Subquery) else node.parent
    return isinstance(node, exp.Query) and node is not select and not isinstance(place, exp.From | exp.Join)


def _is_sum(total: exp.Sum, outputs: Mapping[str, Output]) -> bool:
    """Whether it sums a figure, over rows of which only the keys matter."""
    windowed = isinstance(total.parent, exp.Window)
    counts = any(outputs[column.name].is_figure for column in total.find_all(exp.Column) if column.name in outputs)
    return counts and not windowed and _is_linear(total.this, outputs)


def _is_distinct(node: exp.AggFunc) -> bool:
    return isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct)


def _is_linear(expression: exp.Expression | None, outputs: Mapping[str, Output]) -> bool:
    """Whether the sum over rows is the same when some of the rows were added up before."""
    if expression is None or isinstance(expression, exp.Null):
        return True
    if isinstance(expression, exp.Literal):
        return expression.is_number and float(expression.this) == 0
    if isinstance(expression, exp.Column):
        return expression.name in outputs and outputs[expression.name].is_figure
    if isinstance(expression, exp.Paren | exp.Neg):
        return _is_linear(expression.this, outputs)
    if isinstance(expression, exp.Case):
        branches = expression.args["ifs"]
        conditions = [expression.this, *(branch.this for branch in branches)]
        values = [*(branch.args["true"] for branch in branches), expression.args.get("default")]
        by_figure = any(
            outputs[column.name].is_figure
            for condition in conditions
            if condition is not None
            for column in condition.find_all(exp.Column)
            if column.name in outputs
        )
        return not by_figure and all(_is_linear(value, outputs) for value in values)
    return False


def _own(node: exp.Expression) -> Iterator[exp.Expression]:
    """The node and what is in it, without the SELECTs inside."""
    inner = {id(query) for query in node.find_all(exp.Query) if query is not node}
    return node.walk(prune=lambda part: id(part) in inner)


def _parentheses(sql: str, position: int) -> tuple[int, int] | None:
    """From where to where the innermost parentheses around a position hold text."""
    opened: list[int] = []
    for token in sqlglot.tokenize(sql, read=_DIALECT):
        if token.token_type == sqlglot.TokenType.L_PAREN:
            opened.append(token.end + 1)
        elif token.token_type == sqlglot.TokenType.R_PAREN:
            start = opened.pop()
            if start <= position < token.start:
                return start, token.start
    return None
