"""`groundup backfill`: a long history in chunks, with what it will take."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from typing import Annotated

import typer

from groundup.arguments import FromDay, Partial, ToDay
from groundup.console import output, plain_table
from groundup.load import load_once
from groundup.progress import progress
from loaders.backfill import Chunk, Estimate, estimate, make_chunks, require_budget
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.run import calendar_of
from loaders.store.connection import connected
from loaders.store.ledger import seconds_a_day, spent_this_month
from loaders.warehouse.opened import open_warehouse
from settings.environment import Environment, load_environment
from stack.revival import revive


def backfill(
    from_: FromDay = None,
    to: ToDay = None,
    chunk_days: Annotated[int, typer.Option(min=1, max=366, help="How many days are loaded at once.")] = 31,
    partial: Partial = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only show the chunks and what they will take.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The chunks as JSON.")] = False,
) -> None:
    """Load a long history in chunks: what was loaded is shown at once, and the same command goes on after a break.

    Example: groundup backfill --from 2025-01-01 --to 2025-12-31 --plan
    """
    environment = load_environment()
    request = Request(from_, to, partial=partial)
    if not plan:
        with progress() as say:
            revive(environment, say)
    with open_warehouse(environment, read_only=True) as warehouse:
        inputs = read_inputs(environment, warehouse)
        delivered = calendar_of(warehouse, inputs, request).days
        chunks = make_chunks(delivered, {row.date for row in warehouse.days()}, request, chunk_days)
        estimates = estimate(warehouse, inputs, chunks)
    with connected(environment, "reader") as connection:
        pace, spent = seconds_a_day(connection), spent_this_month(connection, dt.datetime.now(dt.UTC))
    if json_ and plan:
        typer.echo(json.dumps([_as_json(each) for each in estimates], indent=2))
        return
    if not chunks:
        typer.echo("Nothing to do: every delivered day of these is loaded. `groundup load` loads what has changed.")
        return
    if not json_:
        _print(estimates, pace)
    if plan:
        return
    if environment.warehouse == "bigquery":
        require_budget(estimates, spent, environment.monthly_budget_usd)
    _run(environment, estimates, quiet=json_)
    if json_:
        typer.echo(json.dumps([_as_json(each) for each in estimates], indent=2))


def _run(environment: Environment, estimates: Sequence[Estimate], *, quiet: bool) -> None:
    started, loaded = time.monotonic(), 0
    total = sum(len(each.chunk.days) for each in estimates)
    for each in estimates:
        result = load_once(environment, each.chunk.request, lambda step: step.table, quiet=quiet)
        dollars = sum(step.usd for step in result.steps)
        loaded += len(each.chunk.days)
        if not quiet:
            seconds = time.monotonic() - started
            done = f"{loaded} of {total} days after {_readable(seconds)}" + (f", ${dollars:.2f}" if dollars else "")
            left = f"; about {_readable(seconds / loaded * (total - loaded))} left" if loaded < total else ""
            typer.echo(f"{_days(each.chunk)} are loaded: {done}{left}.")


def _print(estimates: Sequence[Estimate], pace: float | None) -> None:
    table = plain_table("chunk", "days", "statements", "bytes", "dollars")
    for number in (1, 2, 3, 4):
        table.columns[number].justify = "right"
    for each in estimates:
        days = str(len(each.chunk.days))
        table.add_row(_days(each.chunk), days, str(each.statements), f"{each.bytes:,}", f"{each.usd:.2f}")
    output().print(table)
    total, usd = sum(len(each.chunk.days) for each in estimates), sum(each.usd for each in estimates)
    took = f" and {_readable(pace * total)} at the pace of the last loads" if pace else ""
    typer.echo(f"{total} days in {_counted(estimates)}, for ${usd:.2f} at most{took}.")


def _counted(estimates: Sequence[Estimate]) -> str:
    return "1 chunk" if len(estimates) == 1 else f"{len(estimates)} chunks"


def _days(chunk: Chunk) -> str:
    return f"{chunk.days[0]} … {chunk.days[-1]}"


def _readable(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004


def _as_json(each: Estimate) -> dict[str, object]:
    days = each.chunk.days
    return {
        "from": str(days[0]),
        "to": str(days[-1]),
        "days": len(days),
        "statements": each.statements,
        "bytes": each.bytes,
        "usd": each.usd,
    }
