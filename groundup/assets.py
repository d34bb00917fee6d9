"""`groundup assets`: Superset's databases, datasets, charts and dashboards as code."""

from __future__ import annotations

from typing import Annotated

import typer

from settings.environment import PROJECT, load_environment
from superset_sync.new_dataset import write_dataset
from superset_sync.publish import publish

assets = typer.Typer(help="Superset assets as code: check them, publish them.", no_args_is_help=True)


@assets.command()
def apply() -> None:
    """Check the asset folders, then publish them to the running Superset.

    Example: groundup assets apply
    """
    result = publish(load_environment(), PROJECT)
    counts = f"{result.dashboards} dashboards, {result.charts} charts and {result.datasets} datasets"
    typer.echo(f"{counts} were published." if result.changed else f"{counts} are live already; nothing was sent.")


@assets.command()
def dataset(report: Annotated[str, typer.Argument(help="The folder's name under loaders/reports.")]) -> None:
    """Write the first dataset of a report, with its columns' descriptions, into datasets/.

    Example: groundup assets dataset growth
    """
    path = write_dataset(PROJECT, report)
    typer.echo(f"{path.relative_to(PROJECT)} is written; `groundup assets apply` publishes it.")
