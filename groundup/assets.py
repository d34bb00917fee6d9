"""`groundup assets`: Superset's databases, datasets, charts and dashboards as code."""

from __future__ import annotations

import typer

from settings.environment import PROJECT, load_environment
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
