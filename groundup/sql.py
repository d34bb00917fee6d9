"""`groundup sql`: a question to the report store."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from groundup.console import output, plain_table
from groundup.values import plain, visible
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

    As CSV and JSON the values are what they are; a table shows as an escape what cannot be seen, such as a tab.

    Example: groundup sql "SELECT date, SUM(dau) AS dau FROM active_users GROUP BY date" --format csv
    """
    answer = ask(load_environment(), query)
    _WRITERS[format_](answer)


def _write_table(answer: Answer) -> None:
    table = plain_table(*map(escape, map(visible, answer.columns)))
    for row in answer.rows:
        table.add_row(*("" if value is None else escape(visible(str(plain(value)))) for value in row))
    for number, column in enumerate(table.columns):
        if all(isinstance(plain(row[number]), int | float) for row in answer.rows if row[number] is not None):
            column.justify = "right"
    output().print(table)


def _write_csv(answer: Answer) -> None:
    for row in (answer.columns, *answer.rows):
        sys.stdout.write(",".join(map(_csv_field, row)) + "\n")


def _csv_field(value: object) -> str:
    """The field, quoted where a reader needs it: NULL is nothing, and an empty text is an empty pair of quotes.

    Python's own writer leaves a lone carriage return unquoted, which its reader takes for the end of the row.
    """
    if value is None:
        return ""
    text = str(plain(value))
    return '"' + text.replace('"', '""') + '"' if not text or any(mark in text for mark in ',"\r\n') else text


def _write_json(answer: Answer) -> None:
    rows = [dict(zip(distinct(answer.columns), map(plain, row), strict=True)) for row in answer.rows]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered from the second on where one comes again: an object has each key once."""
    return [
        name if names[:n].count(name) == 0 else f"{name}_{names[:n].count(name) + 1}" for n, name in enumerate(names)
    ]


_WRITERS = {Format.TABLE: _write_table, Format.CSV: _write_csv, Format.JSON: _write_json}
