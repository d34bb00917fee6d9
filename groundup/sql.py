"""`groundup sql`: a question to the report store."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from groundup.console import output, plain_table
from groundup.values import plain
from loaders.store.query import Answer, ask
from settings.environment import load_environment


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def sql(
    query: Annotated[str, typer.Argument(help="One statement in MySQL's dialect.")],
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Run a read-only query on the report store.

    Example: groundup sql "SELECT date, SUM(dau) AS dau FROM active_users GROUP BY date" --format csv
    """
    answer = ask(load_environment(), query)
    _WRITERS[format_](answer)


def _write_table(answer: Answer) -> None:
    table = plain_table(*map(escape, answer.columns))
    for row in answer.rows:
        table.add_row(*("" if value is None else escape(str(plain(value))) for value in row))
    for number, column in enumerate(table.columns):
        if all(isinstance(plain(row[number]), int | float) for row in answer.rows if row[number] is not None):
            column.justify = "right"
    output().print(table)


def _write_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([plain(value) for value in row] for row in answer.rows)


def _write_json(answer: Answer) -> None:
    rows = [dict(zip(distinct(answer.columns), map(plain, row), strict=True)) for row in answer.rows]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered from the second on where one comes again: an object has each key once."""
    return [
        name if names[:n].count(name) == 0 else f"{name}_{names[:n].count(name) + 1}" for n, name in enumerate(names)
    ]


_WRITERS = {Format.TABLE: _write_table, Format.CSV: _write_csv, Format.JSON: _write_json}
