"""`groundup demo`: a made-up export in the warehouse."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from groundup.arguments import parse_day
from groundup.progress import counted
from loaders.first_run import ingest_demo, remove_demo, yesterday
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.opened import require_embedded
from settings.environment import load_environment


def demo(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days.")] = 60,
    users: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many people ever use the app.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed makes another company.")] = 7,
    end: Annotated[
        dt.date | None, typer.Option(parser=parse_day, metavar="DAY", help="The last day; yesterday unless given.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the demo instead of making it.")] = False,
) -> None:
    """Make the demo export anew, in both schemas, and put it into the warehouse.

    The same arguments make the same data. Its first third is in the schema of 2017, the rest in today's.

    Example: groundup demo --days 90 --users 20000 --end 2026-06-30
    """
    environment = load_environment()
    require_embedded(environment, "demo")
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        if remove:
            count = remove_demo(warehouse)
            if not count:
                typer.echo("There is no demo in the warehouse.")
                return
            typer.echo(f"Removed {count} days of the demo; `groundup load` takes them out of the reports.")
            return
        last = end or yesterday()
        with counted("Making the demo export", days) as advance:
            events = ingest_demo(
                warehouse, days=days, users=users, seed=seed, end=last, on_day=lambda day: advance(str(day))
            )
    first = last - dt.timedelta(days=days - 1)
    typer.echo(f"{events:,} events of {days} days, {first} to {last}, are in the warehouse; `groundup load` is next.")
