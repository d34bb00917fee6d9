"""`groundup forget`: a person out of the data."""

from __future__ import annotations

from typing import Annotated

import typer

from groundup.progress import counted, progress
from loaders.errors import RangeError
from loaders.forget import forget as forget_user
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.run import load
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.opened import require_embedded
from settings.environment import load_environment
from stack.revival import revive


def forget(
    user_key: Annotated[str, typer.Argument(help="The app instance: user_pseudo_id, or app_instance_id of 2017.")],
) -> None:
    """Remove a person from the warehouse for good, and restate the reports that this changes.

    MySQL and Superset hold no person at all. Ingesting the same files again does not bring the person back.

    Example: groundup forget 06984AB55E6069C42FE61F3510F1522B
    """
    environment = load_environment()
    require_embedded(environment, "forget")
    with progress() as say:
        revive(environment, say)
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        inputs = read_inputs(environment, warehouse)
        days = forget_user(warehouse, inputs.catalog, user_key)
        if not days:
            typer.echo("No event in the warehouse is of this user; nothing has changed.")
            return
        typer.echo(f"Removed the user from {days} days of events.")
        try:
            with counted("Loading", None) as advance:
                result = load(environment, warehouse, inputs, Request(), lambda step: advance(step.table))
        except RangeError:
            typer.echo("Nobody is left in the warehouse; the reports keep what they hold until something is ingested.")
            return
    steps = [step for step in result.steps if step.step == "store"]
    typer.echo(f"{len({step.table for step in steps})} reports were restated.")
