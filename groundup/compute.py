"""`groundup compute`: a table in the warehouse, ahead of the load that shows it."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from groundup.arguments import Force, FromDay, Partial, ToDay
from groundup.load import describe
from groundup.progress import counted, progress
from loaders.ahead import compute_ahead
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.store.ledger import new_run
from loaders.warehouse.opened import open_warehouse
from settings.environment import load_environment
from stack.revival import revive


def compute(
    table: Annotated[str, typer.Argument(help="A folder of loaders/staging or loaders/reports.")],
    from_: FromDay = None,
    to: ToDay = None,
    force: Force = False,
    partial: Partial = False,
) -> None:
    """Bring a table, its rollups, and whatever they read, up to date in the warehouse.

    MySQL shows nothing of it before `groundup load`, which has the less to do then.

    Example: groundup compute daily_report --to 2026-11-07
    """
    environment = load_environment()
    request = Request(from_, to, force=force, partial=partial, table=table)
    with progress() as say:
        revive(environment, say)
    started = time.monotonic()
    run = new_run()
    with (
        counted("Computing", None) as advance,
        open_warehouse(environment, run, advance) as warehouse,
    ):
        inputs = read_inputs(environment, warehouse)
        steps = compute_ahead(environment, warehouse, inputs, request, run, lambda step: advance(describe(step)))
    if not steps:
        typer.echo(f"{table} is up to date in the warehouse.")
        return
    rows = sum(step.rows for step in steps if step.table == table)
    typer.echo(
        f"{rows:,} rows of {table} are in the warehouse after {time.monotonic() - started:.1f} s; "
        "`groundup load` shows them."
    )
