"""`groundup plan`: what a load would do, why, and what it would cost."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer

from groundup.arguments import AsJson, Force, FromDay, OneReport, Partial, ToDay
from groundup.console import output, plain_table
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.planning import Plan, PlannedStep, make_plan
from loaders.warehouse.opened import open_warehouse
from settings.environment import load_environment


def plan(
    from_: FromDay = None,
    to: ToDay = None,
    report: OneReport = None,
    force: Force = False,
    partial: Partial = False,
    json_: AsJson = False,
) -> None:
    """Show what a load with the same options would compute, why, how many bytes it would read, and what they cost.

    Changes nothing and costs nothing.

    Example: groundup plan --from 2026-11-01
    """
    environment = load_environment()
    with open_warehouse(environment, read_only=True) as warehouse:
        inputs = read_inputs(environment, warehouse)
        found = make_plan(environment, warehouse, inputs, Request(from_, to, report, force, partial))
    if json_:
        typer.echo(json.dumps({"steps": [_as_json(step) for step in found.steps]}, indent=2))
    else:
        _print(found)


def _as_json(step: PlannedStep) -> dict[str, object]:
    return {
        "table": step.table,
        "step": step.step,
        "from": str(step.start),
        "to": str(step.end),
        "reason": step.reason,
        "bytes": step.bytes,
        "usd": step.usd,
    }


def _print(found: Plan) -> None:
    if not found.steps:
        typer.echo("Nothing to do: the reports are what the export, the queries and the settings make of them.")
        return
    table = plain_table("step", "days", "reason", "bytes", "dollars")
    for number in (3, 4):
        table.columns[number].justify = "right"
    for step in found.steps:
        days = str(step.start) if step.start == step.end else f"{step.start} … {step.end}"
        cost = (f"{step.bytes:,}", f"{step.usd:.4f}") if step.step == "compute" else ("", "")
        table.add_row(f"{step.step} {step.table}", days, step.reason, *cost)
    output().print(table)
    typer.echo(_summary(found.steps))


def _summary(steps: Sequence[PlannedStep]) -> str:
    statements = sum(step.step == "compute" for step in steps)
    read, usd = sum(step.bytes for step in steps), sum(step.usd for step in steps)
    return f"{statements} statements would read {read:,} bytes for ${usd:.2f}; `groundup load` runs them."
