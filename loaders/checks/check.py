"""A report's check, ready to be asked: what was declared, with everything resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.checks.declared import Declared, Freshness, Identity, Level, RowCount, UniqueKey
from loaders.checks.statement import DAY, StatementError, examine
from loaders.errors import DeclarationError
from loaders.metrics import Metrics


@dataclass(frozen=True)
class Check:
    """What is asked of the days that a load has changed."""

    report: str
    name: str
    kind: str
    level: Level
    # A query for violations, of the kinds that are one; the declaration says the rest.
    sql: str
    # The other tables of the query → the days, counted backwards, that a day of the report is compared with.
    reads: Mapping[str, tuple[int, ...]]
    declared: RowCount | Freshness | None = None
    # Of a unique key: a primary key of some of these answers the question before it is asked.
    unique: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """The report that is checked: `texts` are those of its columns that hold text."""

    report: str
    partition: str
    key: tuple[str, ...]
    texts: frozenset[str]


def ready(
    where: str,
    subject: Subject,
    tables: Mapping[str, tuple[str, ...]],
    declared: Sequence[Declared],
    metrics: Metrics,
) -> tuple[Check, ...]:
    """The checks of a report; `tables` are the columns of all that a query may read, `where` is the declaring file.

    Raises DeclarationError for what cannot be right, naming the check.
    """
    found: list[Check] = []
    for one in declared:
        name = one.name or one.kind
        if name in {check.name for check in found}:
            raise DeclarationError(f"{where}: two checks are called {name!r}; give one of them another name.")
        try:
            found.append(_ready(subject, name, tables, one, metrics))
        except StatementError as error:
            raise DeclarationError(f"{where}: the check {name!r} {error}.") from error
    return tuple(found)


def _ready(
    subject: Subject, name: str, tables: Mapping[str, tuple[str, ...]], declared: Declared, metrics: Metrics
) -> Check:
    report = subject.report
    if isinstance(declared, RowCount | Freshness):
        return Check(report, name, declared.kind, declared.level, "", {}, declared)
    if isinstance(declared, Identity):
        reads = {table: days.offsets(metrics) for table, days in declared.reads.items()}
        for table in reads:
            if table not in tables:
                raise StatementError(f"reads {table}, which is no report")
        known = {table: columns for table, columns in tables.items() if table in (report, "days", *reads)}
        examine(declared.violations, known)
        return Check(report, name, declared.kind, declared.level, declared.violations, reads)
    columns = declared.columns or subject.key
    for column in columns:
        if column not in tables[report]:
            raise StatementError(f"names {column}, which is no column of the report")
    if isinstance(declared, UniqueKey):
        # Rows of two days are not compared, so the day is always among the columns.
        unique = frozenset({subject.partition, *columns})
        return Check(report, name, declared.kind, declared.level, _more_than_once(subject, columns), {}, unique=unique)
    return Check(report, name, declared.kind, declared.level, _missing(subject, columns), {})


def _more_than_once(subject: Subject, columns: Sequence[str]) -> str:
    day = subject.partition
    others = [f"`{column}`" for column in columns if column != day]
    return (
        f"SELECT {', '.join([f'`{day}` AS `{DAY}`', *others])}, COUNT(*) AS `rows` FROM `{subject.report}` "
        f"WHERE `{day}` BETWEEN @start_date AND @end_date "
        f"GROUP BY {', '.join([f'`{day}`', *others])} HAVING COUNT(*) > 1"
    )


def _missing(subject: Subject, columns: Sequence[str]) -> str:
    lacking = {
        column: f"(`{column}` IS NULL" + (f" OR `{column}` = '')" if column in subject.texts else ")")
        for column in columns
    }
    first = " ".join(f"WHEN {condition} THEN '{column}'" for column, condition in lacking.items())
    return (
        f"SELECT `{subject.partition}` AS `{DAY}`, CASE {first} END AS empty_column FROM `{subject.report}` "
        f"WHERE `{subject.partition}` BETWEEN @start_date AND @end_date AND ({' OR '.join(lacking.values())})"
    )
