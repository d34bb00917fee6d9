"""`groundup status`: what runs, and since when."""

from __future__ import annotations

import typer

from groundup.console import output, plain_table
from settings.environment import Environment, load_environment
from stack.lifecycle import ServiceState, states
from stack.places import places_of
from stack.services import port_of

_COLORS = {"running": "green", "starting": "yellow", "stopped": "dim", "failed": "red"}


def status() -> None:
    """Show every service: its state, since when (UTC), process and address.

    Ends with 1 when a service that `up` started does not run.

    Example: groundup status
    """
    environment = load_environment()
    found = states(environment)
    table = plain_table("service", "state", "since (UTC)", "pid", "address")
    for service in found:
        table.add_row(*_row(environment, service))
    console = output()
    console.print(table)
    for service in found:
        if service.detail:
            console.print(f"{service.name}: {service.detail}", soft_wrap=True, markup=False)
    console.print(f"Logs: groundup logs SERVICE, or {places_of(environment).logs}", soft_wrap=True, markup=False)
    if any(service.should_run and service.state != "running" for service in found):
        raise typer.Exit(1)


def _row(environment: Environment, service: ServiceState) -> tuple[str, ...]:
    color = _COLORS[service.state]
    address = (
        environment.superset_url if service.name == "superset" else f"127.0.0.1:{port_of(environment, service.name)}"
    )
    return (
        service.name,
        f"[{color}]{service.state}[/{color}]",
        f"{service.since:%Y-%m-%d %H:%M:%S}" if service.since else "",
        str(service.pid or ""),
        address,
    )
