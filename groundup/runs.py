"""`groundup runs`: the ledger, and what the checks found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from groundup.console import output, plain_table
from groundup.values import plain, visible
from loaders.store.check_results import recent_results, results_of
from loaders.store.connection import MySQL, connected
from loaders.store.ledger import recent
from loaders.store.tables import live_declaration
from settings.environment import load_environment


def runs(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest steps, or results.")] = 30,
    checks: Annotated[bool, typer.Option("--checks", help="The results of all checks instead of the steps.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="As JSON, with every column.")] = False,
) -> None:
    """Show what the loads did, step by step, newest first, and which checks did not hold.

    Example: groundup runs --limit 10
    """
    with connected(load_environment(), "reader") as connection:
        name, ask = ("checks", recent_results) if checks else ("loads", recent)
        entries = ask(connection, limit) if _exists(connection, name) else []
        broken = []
        if not checks and _exists(connection, "checks"):
            broken = results_of(connection, sorted({str(entry["run"]) for entry in entries}))
    if json_:
        typer.echo(json.dumps([{key: plain(value) for key, value in entry.items()} for entry in entries], indent=2))
    elif not entries:
        nothing = "Nothing has been checked yet" if checks else "Nothing has been loaded yet"
        typer.echo(f"{nothing}; `groundup load` is next.")
    elif checks:
        output().print(_results(entries))
    else:
        output().print(_steps(entries))
        if broken:
            output().print()
            output().print(_results(broken))


def _exists(connection: MySQL, name: str) -> bool:
    return live_declaration(connection, name) is not None


def _steps(entries: Sequence[Mapping[str, Any]]) -> Table:
    table = plain_table("started (UTC)", "step", "days", "reason", "rows", "seconds", "status")
    for number in (4, 5):
        table.columns[number].justify = "right"
    for entry in entries:
        status = entry["status"] if entry["status"] == "done" else f"{entry['status']}: {entry['error']}"
        table.add_row(
            f"{entry['started_at']:%Y-%m-%d %H:%M:%S}",
            f"{entry['step']} {entry['table']}".strip(),
            f"{entry['from_date']} … {entry['to_date']}" if entry["from_date"] else "",
            entry["reason"],
            "" if entry["rows"] is None else f"{entry['rows']:,}",
            f"{entry['seconds']:.1f}",
            escape(status),
        )
    return table


def _results(results: Sequence[Mapping[str, Any]]) -> Table:
    table = plain_table("checked (UTC)", "report", "check", "days", "status", "what was found")
    for result in results:
        table.add_row(
            f"{result['at']:%Y-%m-%d %H:%M:%S}",
            result["report"],
            escape(result["check"]),
            f"{result['from_date']} … {result['to_date']}",
            result["status"],
            escape(visible(result["message"])),
        )
    return table
