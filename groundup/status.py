"""`groundup status`: what runs, how the data are, and what to type."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from backup.latest import last_backup
from groundup.console import output, plain_table
from groundup.values import plain
from loaders.health import Delivery, Facts, Problem, counted, deliveries, judge, since, size
from loaders.inspection import inspect
from settings.environment import Environment, load_environment
from stack.places import places_of
from stack.services import port_of
from stack.states import ServiceState, states
from superset_sync.undelivered import Undelivered, undelivered

_COLORS = {"running": "green", "starting": "yellow", "stopped": "dim", "failed": "red"}


def status(json_: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False) -> None:
    """Show what runs and since when, how the data are, what failed, and what to type. Changes nothing.

    Ends with 1 when a service that `up` started does not run, the newest load failed, data are late, or an alert or
    report could not be delivered.

    Example: groundup status
    """
    environment = load_environment()
    services = states(environment)
    mysql = next(service for service in services if service.name == "mysql")
    facts = inspect(environment, ask_store=mysql.state == "running" or not mysql.should_run)
    if not mysql.should_run and mysql.state == "stopped":
        # It was stopped on purpose, or never started: that is no trouble.
        facts = dataclasses.replace(facts, store_trouble="")
    unsent = undelivered(environment) if mysql.state == "running" else []
    problems = sorted(
        [*_of_services(services), *judge(facts), *_of_messages(unsent, facts.now)],
        key=lambda problem: not problem.fails,
    )
    if json_:
        typer.echo(json.dumps(_as_json(environment, services, facts, problems), indent=2, ensure_ascii=False))
    else:
        _show(environment, services, facts, problems)
    if any(problem.fails for problem in problems):
        raise typer.Exit(1)


def _of_services(services: list[ServiceState]) -> list[Problem]:
    return [
        Problem(
            f"{service.name}: {service.detail or f'it is {service.state}'}",
            f"groundup up; why it ended: groundup logs {service.name}",
            fails=True,
        )
        for service in services
        if service.should_run and service.state != "running"
    ]


def _of_messages(unsent: list[Undelivered], now: dt.datetime) -> list[Problem]:
    return [
        Problem(
            f"{message.kind} {message.name!r} was not delivered, {since(now, message.since)}: {message.reason}.",
            "docs/alerts.md has the steps; it is tried again when it is next due",
            fails=True,
        )
        for message in unsent
    ]


def _show(environment: Environment, services: list[ServiceState], facts: Facts, problems: list[Problem]) -> None:
    console = output()
    console.print(_services(environment, services))
    reports, sources = _reports(facts), _sources(deliveries(facts))
    for table in (reports, sources):
        if table.row_count:
            console.print()
            console.print(table)
    console.print()
    for name, text in _lines(environment, facts):
        console.print(f"[bold]{name:<11}[/bold] {escape(text)}", soft_wrap=True)
    console.print()
    for problem in problems:
        mark = "[red]✗[/red]" if problem.fails else "[yellow]![/yellow]"
        console.print(f"{mark} {escape(problem.text)}", soft_wrap=True)
        console.print(f"  [bold]→ {escape(problem.remedy)}[/bold]", soft_wrap=True)
    if not problems:
        console.print("[green]✓[/green] Nothing is late, stale or broken.")


def _services(environment: Environment, services: list[ServiceState]) -> Table:
    table = plain_table("service", "state", "since (UTC)", "pid", "address")
    for service in services:
        color = _COLORS[service.state]
        table.add_row(
            service.name,
            f"[{color}]{service.state}[/{color}]",
            f"{service.since:%Y-%m-%d %H:%M:%S}" if service.since else "",
            str(service.pid or ""),
            _address(environment, service.name),
        )
    return table


def _address(environment: Environment, service: str) -> str:
    urls = {"superset": environment.superset_url, "airflow": environment.airflow_url}
    port = port_of(environment, service)
    return urls.get(service) or (f"127.0.0.1:{port}" if port else "")


def _reports(facts: Facts) -> Table:
    table = plain_table("report", "in MySQL up to", "in the warehouse", "to load")
    held = facts.store.reports if facts.store else {}
    made = facts.warehouse.reports if facts.warehouse else {}
    stale = (facts.warehouse.stale if facts.warehouse else None) or {}
    for name in sorted({*held, *made, *(name for name, days in stale.items() if days)}):
        days = stale.get(name, 0)
        table.add_row(
            name,
            _known(held.get(name), facts.store is not None),
            _known(made.get(name), facts.warehouse is not None),
            f"[yellow]{counted(days, 'day')}[/yellow]" if days else "",
        )
    return table


def _known(value: object, asked: bool) -> str:
    return str(value) if value else "–" if asked else "[dim]not known[/dim]"


def _sources(found: list[Delivery]) -> Table:
    table = plain_table("source", "delivered up to", "due", "")
    for delivery in found:
        table.add_row(
            delivery.source,
            _known(delivery.newest, True),
            str(delivery.expected or "not declared"),
            f"[red]{counted(delivery.days_late, 'day')} late[/red]" if delivery.days_late else "",
        )
    return table


def _lines(environment: Environment, facts: Facts) -> list[tuple[str, str]]:
    lines = []
    if facts.worker:
        worker = facts.worker
        lines.append(
            (
                "at work",
                f"{worker.verb}, process {worker.pid}, since {worker.since:%H:%M:%S} UTC; it has the warehouse.",
            )
        )
    success = facts.journal.success
    if not (facts.has_data or facts.worker or facts.warehouse_trouble):
        lines.append(("data", "none yet: groundup ingest FILE… or groundup demo, then groundup load"))
    if success:
        rows = f"{success.rows:,} rows in {success.seconds:.1f} s" if success.rows else "nothing had changed"
        lines.append(
            ("last load", f"{success.started:%Y-%m-%d %H:%M:%S} UTC, {since(facts.now, success.started)}: {rows}")
        )
    else:
        lines.append(("last load", "none yet"))
    kept = last_backup(environment.home)
    lines.append(
        (
            "last backup",
            f"{kept.made_at:%Y-%m-%d %H:%M:%S} UTC, {since(facts.now, kept.made_at)}: {kept.file}"
            if kept
            else "none yet: groundup backup FILE",
        )
    )
    if facts.disk_free is not None and facts.disk_total is not None:
        lines.append(("disk", f"{size(facts.disk_free)} free of {size(facts.disk_total)} at {environment.home}"))
    lines.append(("logs", f"groundup logs SERVICE, or {places_of(environment).logs}"))
    return lines


def _as_json(
    environment: Environment, services: list[ServiceState], facts: Facts, problems: list[Problem]
) -> dict[str, object]:
    return {
        "services": [
            {
                "name": service.name,
                "state": service.state,
                "should_run": service.should_run,
                "since": _moment(service.since),
                "pid": service.pid,
                "address": _address(environment, service.name),
            }
            for service in services
        ],
        "sources": [
            {
                "name": delivery.source,
                "newest": _moment(delivery.newest),
                "due": _moment(delivery.expected),
                "days_late": delivery.days_late,
            }
            for delivery in deliveries(facts)
        ],
        **{name: _jsonable(getattr(facts, name)) for name in ("worker", "warehouse", "store", "journal")},
        "last_backup": _jsonable(last_backup(environment.home)),
        "disk": {"free": facts.disk_free, "total": facts.disk_total},
        "problems": [dataclasses.asdict(problem) for problem in problems],
    }


def _moment(value: object) -> object:
    return plain(value) if value else None


def _jsonable(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_jsonable(item) for item in value]
    return plain(value)
