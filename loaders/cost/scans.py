"""What a statement reads: which leaves of which tables, and by which condition it picks partitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from loaders.cost.layout import TABLE_SUFFIX, Layout, leaves
from loaders.errors import WarehouseError
from loaders.exports import Field


@dataclass
class Scan:
    """A table where a statement names it. A statement that names it twice has two scans of it."""

    table: str
    layout: Layout
    leaves: set[str] = field(default_factory=set)
    # What the WHERE of the same SELECT demands of the partition and of nothing else.
    conditions: list[exp.Expr] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What a statement reads, and what it deletes from: the table's scan, and whether whole partitions go."""

    scans: Sequence[Scan]
    deleted: Scan | None = None

    @property
    def deletes_whole_partitions(self) -> bool:
        """Whether rows go by nothing but their partition."""
        deleted = self.deleted
        return deleted is not None and bool(deleted.conditions) and deleted.leaves == {deleted.layout.partition}


@dataclass(frozen=True)
class _Place:
    """What a name stands for: fields below a path of a scan; nothing that is billed when there is no scan."""

    scan: Scan | None
    fields: Sequence[Field] = ()
    path: tuple[str, ...] = ()


_Names = Mapping[str, _Place]


def read_by(sql: str, layouts: Mapping[str, Layout]) -> Reading:
    """What the statement reads of tables with these layouts. Raises WarehouseError for what is not understood."""
    try:
        tree = sqlglot.parse_one(sql, read="bigquery")
    except SqlglotError as error:
        raise WarehouseError(f"A query is not GoogleSQL: {str(error).splitlines()[0]}; correct it.") from error
    scans: list[Scan] = []
    if isinstance(tree, exp.Insert):
        _Walk(layouts, scans).query(tree.expression, frozenset(), ())
    elif isinstance(tree, exp.Query):
        _Walk(layouts, scans).query(tree, frozenset(), ())
    elif isinstance(tree, exp.Delete):
        scan = _Walk(layouts, scans).scan(tree.this)
        names = {scan.table: _Place(scan, scan.layout.fields)}
        where = tree.args["where"]
        _Walk(layouts, scans).expressions(where, frozenset(), (names,))
        scan.conditions += _partition_conditions(where, scan.table, scan)
        return Reading(scans, scan)
    elif not isinstance(tree, exp.TruncateTable):
        raise WarehouseError(f"What a statement of this kind would cost is not known: {sql.splitlines()[0]}.")
    return Reading(scans)


class _Walk:
    """Goes through a statement and notes on each scan what refers to it."""

    def __init__(self, layouts: Mapping[str, Layout], scans: list[Scan]) -> None:
        self._layouts = layouts
        self._scans = scans

    def scan(self, table: exp.Table) -> Scan:
        """Notes that the table is read."""
        name = ".".join(part.name for part in table.parts)
        if name not in self._layouts:
            raise WarehouseError(f"A query reads {name}, of which no sizes are known.")
        found = Scan(name, self._layouts[name])
        self._scans.append(found)
        return found

    def query(self, node: exp.Expr, derived: frozenset[str], outer: tuple[_Names, ...]) -> None:
        """Goes through a query; `derived` are the names that WITH has given."""
        if isinstance(node, exp.Subquery):
            self.query(node.this, derived, outer)
            return
        with_ = node.args.get("with_")
        for each in with_.expressions if with_ else ():
            self.query(each.this, derived, outer)
            derived |= {each.alias}
        if isinstance(node, exp.SetOperation):
            self.query(node.this, derived, outer)
            self.query(node.expression, derived, outer)
            return
        self._select(node, derived, outer)

    def _select(self, node: exp.Expr, derived: frozenset[str], outer: tuple[_Names, ...]) -> None:
        names: dict[str, _Place] = {}
        scopes = (*outer, names)
        joins = node.args.get("joins") or []
        from_ = node.args.get("from_")
        for source in [*([from_.this] if from_ else []), *(join.this for join in joins)]:
            names |= self._source(source, derived, scopes)
        where = node.args.get("where")
        for name, place in names.items():
            if place.scan and not place.path and where:
                place.scan.conditions += _partition_conditions(where, name, place.scan)
        for key in ("expressions", "where", "group", "having", "qualify", "order", "windows"):
            parts = node.args.get(key)
            for part in parts if isinstance(parts, list) else [parts] if parts else []:
                self.expressions(part, derived, scopes)
        for join in joins:
            if join.args.get("on"):
                self.expressions(join.args["on"], derived, scopes)
            for column in join.args.get("using") or ():
                for place in names.values():
                    _refer(place, [column.name])

    def _source(self, source: exp.Expr, derived: frozenset[str], scopes: tuple[_Names, ...]) -> _Names:
        if isinstance(source, exp.Unnest):
            alias = source.args.get("alias")
            name = (alias.columns[0].name if alias.columns else alias.name) if alias else ""
            listed = source.expressions[0]
            place = _resolve(_parts(listed), scopes) if isinstance(listed, exp.Column | exp.Dot) else None
            if place is None:
                self.expressions(listed, derived, scopes)
            return {name: place or _Place(None)}
        if isinstance(source, exp.Table) and not (source.name in derived and not source.db):
            scan = self.scan(source)
            return {source.alias or source.name: _Place(scan, scan.layout.fields)}
        if isinstance(source, exp.Subquery):
            self.query(source, derived, scopes[:-1])
        return {source.alias_or_name: _Place(None)}

    def expressions(self, node: exp.Expr, derived: frozenset[str], scopes: tuple[_Names, ...]) -> None:
        """Notes whatever the expression refers to, its subqueries included."""
        if isinstance(node, exp.Query):
            self.query(node, derived, scopes)
            return
        if isinstance(node, exp.Star):
            # COUNT(*) reads no column.
            if not isinstance(node.parent, exp.Count):
                for place in scopes[-1].values():
                    _refer(place, [])
            return
        if isinstance(node, exp.Column | exp.Dot) and (parts := _parts(node)):
            if isinstance(node.this, exp.Star):
                _refer(scopes[-1].get(parts[0], _Place(None)), [])
                return
            found = _resolve(parts, scopes)
            if found:
                _refer(found, [])
            return
        for child in node.iter_expressions():
            self.expressions(child, derived, scopes)


def _parts(node: exp.Expr) -> list[str]:
    """The names of a path such as `geo.country`; none when it does not begin with a name."""
    if isinstance(node, exp.Column):
        return [part.name for part in node.parts if not isinstance(part, exp.Star)]
    if isinstance(node, exp.Dot):
        before = _parts(node.this)
        return [*before, node.expression.name] if before else []
    return []


def _resolve(parts: Sequence[str], scopes: Sequence[_Names]) -> _Place | None:
    """What a path stands for, looked for from the inside out; None for what is no field of a table."""
    for names in reversed(scopes):
        for place in names.values():
            # A column is found before a table that has its name.
            if not place.path and (found := _descend(place, parts)):
                return found
        if parts[0] in names:
            return _descend(names[parts[0]], parts[1:])
    return None


def _descend(place: _Place, parts: Sequence[str]) -> _Place | None:
    if place.scan is None:
        return None
    for part in parts:
        if part == TABLE_SUFFIX:
            return _Place(None)
        inner = next((each for each in place.fields if each.name == part), None)
        if inner is None:
            return None
        place = _Place(place.scan, inner.fields, (*place.path, part))
    return place


def _refer(place: _Place, parts: Sequence[str]) -> None:
    """Notes that everything below a path is read."""
    found = _descend(place, parts)
    if found is None or found.scan is None:
        return
    path = ".".join(found.path)
    below = [leaf for leaf, _ in leaves(found.fields, f"{path}." if path else "")]
    found.scan.leaves.update(below or [path])


def _partition_conditions(where: exp.Expr, name: str, scan: Scan) -> list[exp.Expr]:
    """The parts of the WHERE that speak of the partition of the scan, called `name` there, and of nothing else."""
    partition = scan.layout.partition
    return [part for part in _conjuncts(where.this) if partition and _is_about(part, name, partition)]


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    elif isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    else:
        yield node


def _is_about(condition: exp.Expr, name: str, partition: str) -> bool:
    columns = list(condition.find_all(exp.Column))
    named = all(each.name == partition and each.table in {"", name} for each in columns)
    return bool(columns) and named and not condition.find(exp.Query)
