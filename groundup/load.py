"""`groundup load`: whatever changed, from the warehouse into MySQL."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable

import typer

from groundup.arguments import AsJson, Force, FromDay, OneReport, Partial, ToDay
from groundup.progress import counted, progress
from loaders.compute import Step
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.run import Loaded
from loaders.run import load as run_load
from loaders.store.ledger import new_run
from loaders.warehouse.opened import open_warehouse
from settings.environment import Environment, load_environment
from stack.revival import revive


def load(
    from_: FromDay = None,
    to: ToDay = None,
    report: OneReport = None,
    force: Force = False,
    partial: Partial = False,
    json_: AsJson = False,
) -> None:
    """Compute whatever changed since the last load, and bring the report tables up to it.

    Example: groundup load --from 2026-11-01 --to 2026-11-07 --report daily_report
    """
    environment = load_environment()
    request = Request(from_, to, report, force, partial)
    with progress() as say:
        revive(environment, say)
    started = time.monotonic()
    result = load_once(environment, request, describe, quiet=json_)
    if json_:
        typer.echo(json.dumps({"run": result.run, "steps": [_as_json(step) for step in result.steps]}, indent=2))
        return
    typer.echo(_summary(result, time.monotonic() - started))


def load_once(environment: Environment, request: Request, say: Callable[[Step], str], *, quiet: bool) -> Loaded:
    """One load, whose steps are shown as `say` puts them unless it is `quiet`, and its warnings. Raises LoaderError."""
    run = new_run()
    with (
        counted("Loading", None, quiet=quiet) as advance,
        open_warehouse(environment, run, advance) as warehouse,
    ):
        inputs = read_inputs(environment, warehouse)
        result = run_load(environment, warehouse, inputs, request, lambda step: advance(say(step)), run)
    for warning in result.warnings:
        typer.echo(f"groundup: {warning}", err=True)
    return result


# More are counted, not named.
_MOST_NAMES = 3


def describe(step: Step) -> str:
    """A step as a line of progress."""
    days = f" {step.start} to {step.end}" if step.start else ""
    verb = "computed" if step.step == "compute" else "stored"
    cost = f", ${step.usd:.4f}" if step.usd else ""
    return f"{step.table}{days}: {step.rows:,} rows {verb} in {step.seconds:.1f} s{cost} ({step.reason})"


def _summary(result: Loaded, seconds: float) -> str:
    stored = [step for step in result.steps if step.step == "store"]
    days = result.calendar.days
    data = f"the data run from {days[0]} to {days[-1]}" if days else "no day is loaded any more"
    if stored:
        rows = sum(step.rows for step in stored)
        names = sorted({step.table for step in stored})
        reports = ", ".join(names) if len(names) <= _MOST_NAMES else f"{len(names)} reports"
        text = f"{rows:,} rows of {reports} are in MySQL after {seconds:.1f} s; {data}."
    else:
        text = f"Nothing has changed since the last load; {data}."
    if result.calendar.held_back:
        awaited = ", ".join(result.calendar.awaited)
        first, last = result.calendar.held_back[0], result.calendar.held_back[-1]
        held = f"{first} to {last}" if last > first else str(first)
        text += f" Held back: {held}, until {awaited} delivers; --partial publishes them all the same."
    return text


def _as_json(step: Step) -> dict[str, object]:
    fields = dataclasses.asdict(step)
    start, end = fields.pop("start"), fields.pop("end")
    return {**fields, "from": str(start) if start else None, "to": str(end) if end else None}
