"""`groundup runs`: the ledger."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.markup import escape

from groundup.console import output, plain_table
from groundup.values import plain
from loaders.store.connection import connected
from loaders.store.ledger import recent
from loaders.store.tables import live_declaration
from settings.environment import load_environment


def runs(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest steps.")] = 30,
    json_: Annotated[bool, typer.Option("--json", help="As JSON, with every column.")] = False,
) -> None:
    """Show what the loads did, step by step, newest first.

    Example: groundup runs --limit 10
    """
    with connected(load_environment(), "reader") as connection:
        exists = live_declaration(connection, "loads") is not None
        entries = recent(connection, limit) if exists else []
    if json_:
        typer.echo(json.dumps([{key: plain(value) for key, value in entry.items()} for entry in entries], indent=2))
        return
    if not entries:
        typer.echo("Nothing has been loaded yet; `groundup load` is next.")
        return
    table = plain_table("started (UTC)", "step", "days", "reason", "rows", "seconds", "status")
    for number in (4, 5):
        table.columns[number].justify = "right"
    for entry in entries:
        days = f"{entry['from_date']} … {entry['to_date']}" if entry["from_date"] else ""
        status = entry["status"] if entry["status"] == "done" else f"{entry['status']}: {entry['error']}"
        table.add_row(
            f"{entry['started_at']:%Y-%m-%d %H:%M:%S}",
            f"{entry['step']} {entry['table']}".strip(),
            days,
            entry["reason"],
            "" if entry["rows"] is None else f"{entry['rows']:,}",
            f"{entry['seconds']:.1f}",
            escape(status),
        )
    output().print(table)
