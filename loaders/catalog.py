"""The tables that the project makes: one folder each under staging/ and reports/."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

from pydantic import Field

from loaders.checks.check import Check, Subject, ready
from loaders.checks.declared import Declared
from loaders.columns import Column
from loaders.declarations import Declaration, read_declaration
from loaders.errors import DeclarationError
from loaders.metrics import Metrics, Setting
from loaders.mysql_limits import beyond_mysql
from loaders.reads import Reads

LOADERS = Path(__file__).resolve().parent

# Read by queries, made by no query: the exports themselves, and the calendar of what was loaded.
EXPORT = "export"
DAYS = "days"

# MySQL's own tables beside the reports.
_LEDGERS = ("loads", "slices", "stretches", "checks", "store_ranks", "store_apps")
_DAYS_COLUMNS = ("date", "source", "modified_at", "rows", "final_at")
_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")


class _Folder(Declaration):
    """The content of table.yaml or report.yaml."""

    description: str
    owner: str
    partition: str
    columns: tuple[Column, ...]
    reads: dict[str, Reads]
    key: tuple[str, ...] = ()
    parameters: dict[str, str] = Field(default_factory=dict)
    indexes: tuple[tuple[str, ...], ...] = ()
    per_source: bool = False
    onwards: bool = False
    # The report whose figures this one holds, summed over the keys that it leaves out; charts read either.
    rollup_of: str | None = None
    checks: tuple[Declared, ...] = ()


@dataclass(frozen=True)
class Table:
    """A staging table or a report: its declaration, its SQL, and the settings that it depends on."""

    name: str
    kind: Literal["staging", "report"]
    folder: Path
    description: str
    owner: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]
    partition: str
    per_source: bool
    # A day of an input reaches all partitions from that day on; the query reads the table's own earlier ones.
    onwards: bool
    parameters: Mapping[str, Setting]
    # Input table → the days, counted backwards, that a day of this table is computed from.
    reads: Mapping[str, tuple[int, ...]]
    rollup_of: str | None = None
    # What must hold of the days that a load changes; no part of either version, so that a check may be changed freely.
    checks: tuple[Check, ...] = ()

    def sql(self, schema: str = "ga4") -> str:
        """The table's GoogleSQL; a table that reads exports has one text per export schema.

        Raises DeclarationError when the folder has none.
        """
        path = self.folder / (f"{schema}.sql" if self.per_source else "query.sql")
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise DeclarationError(f"{path} is missing; a table's folder holds its query.") from error

    def code_version(self, schema: str = "ga4") -> str:
        """Changes whenever the same input could give another result: SQL, columns or settings."""
        declared = [[column.name, column.type, column.nullable] for column in self.columns]
        parameters = [[name, setting.type, setting.value] for name, setting in sorted(self.parameters.items())]
        return digest([self.sql(schema), declared, self.key, self.partition, parameters])

    @property
    def inputs(self) -> tuple[str, ...]:
        """The tables that the query names."""
        return (*self.reads, self.name) if self.onwards else tuple(self.reads)

    def declaration_version(self) -> str:
        """Changes whenever the MySQL table must look different."""
        columns = [[c.name, c.type, c.nullable, c.length, c.description, *[True] * c.hidden] for c in self.columns]
        return digest([columns, self.key, self.indexes, self.description])


@dataclass(frozen=True)
class Catalog:
    """All tables, in an order in which each comes after what it reads."""

    tables: Mapping[str, Table]

    @property
    def reports(self) -> tuple[Table, ...]:
        """The tables that MySQL gets."""
        return tuple(table for table in self.tables.values() if table.kind == "report")

    def report(self, name: str) -> Table:
        """The report of that name. Raises DeclarationError, listing the ones there are."""
        for table in self.reports:
            if table.name == name:
                return table
        known = ", ".join(table.name for table in self.reports)
        raise DeclarationError(f"There is no report {name!r}; the reports are {known}.")

    def table(self, name: str) -> Table:
        """The table of that name, of either kind. Raises DeclarationError, listing the ones there are."""
        if name in self.tables:
            return self.tables[name]
        raise DeclarationError(f"There is no table {name!r}; the tables are {', '.join(self.tables)}.")


def load_catalog(metrics: Metrics, root: Path = LOADERS) -> Catalog:
    """Every folder of staging/ and reports/ under `root`, checked. Raises DeclarationError."""
    tables: dict[str, Table] = {}
    checks: dict[str, tuple[Declared, ...]] = {}
    for kind, declaration in (("staging", "table.yaml"), ("reports", "report.yaml")):
        for path in sorted((root / kind).glob(f"*/{declaration}")):
            declared = read_declaration(path, _Folder)
            table = _read_table(path, declared, "staging" if kind == "staging" else "report", metrics)
            if table.name in tables or table.name in (EXPORT, DAYS, *_LEDGERS):
                raise DeclarationError(f"{path.parent}: there is a table {table.name} already; rename the folder.")
            if not _TABLE_NAME.fullmatch(table.name):
                raise DeclarationError(f"{path.parent}: name the folder in lower-case letters, digits and underscores.")
            tables[table.name] = table
            checks[table.name] = declared.checks
    for table in tables.values():
        for name in table.reads:
            if name not in tables and name not in (EXPORT, DAYS):
                raise DeclarationError(f"{table.folder}: reads {name!r}, which no folder declares; correct the name.")
        if table.rollup_of is not None:
            _check_rollup(table, tables.get(table.rollup_of))
    try:
        order = list(TopologicalSorter({name: table.reads for name, table in tables.items()}).static_order())
    except CycleError as error:
        raise DeclarationError(f"{root}: tables read each other in a circle: {' → '.join(error.args[1])}.") from error
    columns = {
        table.name: tuple(column.name for column in table.columns)
        for table in tables.values()
        if table.kind == "report"
    }
    columns[DAYS] = _DAYS_COLUMNS
    return Catalog(
        {
            name: replace(tables[name], checks=_checks(tables[name], checks[name], columns, metrics))
            for name in order
            if name in tables
        }
    )


def digest(content: object) -> str:
    """A short, stable fingerprint of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=list).encode()).hexdigest()[:16]


def _checks(
    table: Table, declared: tuple[Declared, ...], columns: Mapping[str, tuple[str, ...]], metrics: Metrics
) -> tuple[Check, ...]:
    if declared and table.kind == "staging":
        raise DeclarationError(f"{table.folder}: checks are made in MySQL, which has reports alone; move them there.")
    where = f"{table.folder / 'report.yaml'}"
    texts = frozenset(column.name for column in table.columns if column.type == "STRING")
    return ready(where, Subject(table.name, table.partition, table.key, texts), columns, declared, metrics)


def _read_table(path: Path, declared: _Folder, kind: Literal["staging", "report"], metrics: Metrics) -> Table:
    names = [column.name for column in declared.columns]
    for name in (*declared.key, declared.partition, *(column for index in declared.indexes for column in index)):
        if name not in names:
            raise DeclarationError(f"{path}: {name!r} is no column of the table; declare it or correct the name.")
    for column in declared.columns:
        strangers = set(column.additive_over or ()) - set(declared.key)
        if strangers:
            raise DeclarationError(f"{path}: {column.name} adds over {sorted(strangers)}, which the key lacks.")
    if kind == "report" and not declared.key:
        raise DeclarationError(f"{path}: a report needs a key.")
    lists = [column.name for column in declared.columns if column.type.startswith("ARRAY")]
    if kind == "report" and lists:
        raise DeclarationError(f"{path}: {lists[0]} is a list, which MySQL does not have; unnest it in the query.")
    beyond = (
        beyond_mysql(declared.columns, declared.key, declared.indexes, declared.description)
        if kind == "report"
        else None
    )
    if beyond:
        raise DeclarationError(f"{path}: {beyond}.")
    return Table(
        name=path.parent.name,
        kind=kind,
        folder=path.parent,
        description=declared.description,
        owner=declared.owner,
        columns=declared.columns,
        key=declared.key,
        indexes=declared.indexes,
        partition=declared.partition,
        per_source=declared.per_source,
        onwards=declared.onwards,
        parameters={name: metrics.setting(setting) for name, setting in declared.parameters.items()},
        reads={name: reads.offsets(metrics) for name, reads in declared.reads.items()},
        rollup_of=declared.rollup_of,
    )


def _check_rollup(table: Table, report: Table | None) -> None:
    """A rollup stands in for its report, so its sums must be sums of that report's figures and of nothing else."""
    path = table.folder / "report.yaml"
    if report is None or report.kind != "report":
        raise DeclarationError(f"{path}: there is no report {table.rollup_of!r} to roll up; correct rollup_of.")
    left_out = set(report.key) - set(table.key)
    if not left_out or not set(table.key) < set(report.key) or dict(table.reads) != {report.name: (0,)}:
        raise DeclarationError(f"{path}: a rollup reads {report.name} alone, and has some of its keys; correct it.")
    figures = {column.name: column for column in report.columns}
    for column in table.columns:
        declared = figures.get(column.name)
        if declared is None or (declared.type, declared.nullable) != (column.type, column.nullable):
            raise DeclarationError(f"{path}: {column.name} is not declared as in {report.name}; make them alike.")
        stuck = left_out - set(declared.additive_over or ())
        if column.name not in table.key and stuck:
            raise DeclarationError(
                f"{path}: {column.name} of {report.name} does not add over {', '.join(sorted(stuck))}; "
                "leave the column out, or keep the key."
            )
