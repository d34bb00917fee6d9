"""GoogleSQL as DuckDB runs it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from loaders.errors import WarehouseError
from loaders.warehouse.duckdb_functions import TEXT, UPPER
from loaders.warehouse.duckdb_statement import Translation

# The GoogleSQL names under which queries read an export; each engine puts its own table in their place.
EXPORT_WILDCARDS = {("export", "events_*"), ("export", "app_events_*")}


def translate(google_sql: str, source: str = "", types: Mapping[str, str] | None = None) -> Translation:
    """The statement in DuckDB's dialect; an export's wildcard becomes the table that holds the source's export.

    `types` are the parameters' GoogleSQL types: an empty list does not say what it is a list of.
    Raises WarehouseError when the text is not GoogleSQL.
    """
    return _translate(google_sql, source, tuple(sorted((types or {}).items())))


@lru_cache(maxsize=256)
def _translate(google_sql: str, source: str, types: tuple[tuple[str, str], ...]) -> Translation:
    try:
        tree = sqlglot.parse_one(google_sql, read="bigquery")
    except SqlglotError as error:
        raise WarehouseError(f"A query is not GoogleSQL: {str(error).splitlines()[0]}; correct it.") from error
    for table in tree.find_all(exp.Table):
        if (table.db, table.name) in EXPORT_WILDCARDS:
            table.set("this", exp.to_identifier(source, quoted=True))
            table.set("db", exp.to_identifier("exports"))
    names = frozenset(parameter.name for parameter in tree.find_all(exp.Parameter))
    known = dict(types)
    tree = tree.transform(_lists_without_subqueries).transform(_keep_dates).transform(_as_google_writes_it)
    tree = tree.transform(lambda node: _typed(node, known))
    return Translation(tree.sql(dialect="duckdb", comments=False), names)


def _keep_dates(node: exp.Expression) -> exp.Expression:
    """DATE_ADD and DATE_SUB give a DATE in GoogleSQL and a TIMESTAMP in DuckDB, which then scans all days for a few."""
    if isinstance(node, exp.DateAdd | exp.DateSub) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node


def _as_google_writes_it(node: exp.Expression) -> exp.Expression:
    """Text that DuckDB would write otherwise, by the macros of `duckdb_functions`."""
    if isinstance(node, exp.Upper):
        return exp.Anonymous(this=UPPER, expressions=[node.this])
    if isinstance(node, exp.Cast) and node.to.is_type(exp.DataType.Type.TEXT) and not node.args.get("format"):
        return exp.Anonymous(this=TEXT, expressions=[node.this])
    return node


def _typed(node: exp.Expression, types: Mapping[str, str]) -> exp.Expression:
    if isinstance(node, exp.Parameter) and node.name in types and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, exp.DataType.build(types[node.name], dialect="bigquery"))
    return node


def _lists_without_subqueries(node: exp.Expression) -> exp.Expression:
    """ARRAY(SELECT [DISTINCT] AS STRUCT … FROM UNNEST(list) AS x WHERE … [ORDER BY all fields]) by list functions.

    They mean the same and take a tenth of the time of DuckDB's correlated subqueries.
    """
    if not (isinstance(node, exp.Array) and len(node.expressions) == 1):
        return node
    query = node.expressions[0]
    if not (isinstance(query, exp.Select) and query.args.get("kind") == "STRUCT"):
        return node
    source = query.args["from_"].this
    if not isinstance(source, exp.Unnest) or any(query.args.get(part) for part in ("joins", "group", "limit")):
        return node
    order = query.args.get("order")
    # A list of structs is sorted by their fields, one after the other; another order is left to a subquery.
    if order and [each.sql() for each in order.expressions] != [field.alias for field in query.expressions]:
        return node
    alias = source.args["alias"]
    element = exp.to_identifier(alias.columns[0].name if alias.columns else alias.name)
    found: exp.Expr = source.expressions[0]
    where = query.args.get("where")
    if where:
        found = exp.func("list_filter", found, exp.Lambda(this=where.this, expressions=[element]))
    fields = [exp.PropertyEQ(this=exp.to_identifier(field.alias), expression=field.this) for field in query.expressions]
    struct = exp.Anonymous(this="struct_pack", expressions=fields)
    found = exp.func("list_transform", found, exp.Lambda(this=struct, expressions=[element.copy()]))
    if query.args.get("distinct"):
        found = exp.func("list_distinct", found)
    if order:
        found = exp.func("list_sort", found)
    return exp.Coalesce(this=found, expressions=[exp.Array(expressions=[])])
