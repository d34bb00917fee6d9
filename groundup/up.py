"""`groundup up`: the local stack, the demo, the dashboards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.markup import escape

from groundup.console import output, plain_table
from groundup.progress import progress
from loaders.errors import LoaderError, WarehouseBusyError
from loaders.first_run import has_data, load_demo_if_empty, make_store
from settings.environment import PROJECT, Environment, generate_secrets, load_environment
from stack.lifecycle import launch, wait_healthy
from stack.services import AIRFLOW, Service, with_needs
from superset_sync.apply import publish, read_source


def up(
    services: Annotated[
        list[Service] | None, typer.Argument(metavar="SERVICE", help="Only these, and what they need.")
    ] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Leave an empty warehouse empty.")] = False,
) -> None:
    """Start the stack, load the demo where there is no data yet, publish the dashboards.

    Services: mysql, redis, superset, worker, beat; and airflow, which starts when it is named. Run again, it starts
    what is not running and leaves the rest alone.

    Example: groundup up mysql
    """
    asked = with_needs(services or [])
    environment = generate_secrets(load_environment())
    conflict = None
    with progress() as say:
        launch(environment, asked, say)
        if "mysql" in asked:
            make_store(environment)
        # A load at BigQuery costs money: it is asked for by name.
        wants_load = environment.warehouse == "duckdb" and not services and not no_demo
        trouble = _load(environment, say) if wants_load else None
        if "superset" in asked:
            say("Waiting for superset")
            wait_healthy(environment, ["superset"])
            say("Publishing the dashboards")
            conflict = publish(environment, read_source(PROJECT), say)
        say(f"Waiting for {'airflow' if asked[-1] in AIRFLOW else asked[-1]}")
        wait_healthy(environment, asked)
    if "superset" in asked:
        _print_accounts(environment)
        if conflict:
            typer.echo(f"The dashboards were left alone. {conflict}")
    if "airflow" in asked:
        typer.echo(
            f"Airflow: {environment.airflow_url}, with the same accounts; their passwords: {environment.secrets_file}"
        )
    if isinstance(trouble, WarehouseBusyError):
        typer.echo(f"The reports were left alone. {trouble}")
    elif trouble:
        raise trouble
    if not services and not has_data(environment):
        before = "`groundup ingest FILE…` or `groundup demo`, then " if environment.warehouse == "duckdb" else ""
        typer.echo(f"There is no data yet: {before}`groundup load`.")


def _load(environment: Environment, say: Callable[[str], None]) -> LoaderError | None:
    """What went wrong with the data, if anything: people get their dashboards all the same."""
    try:
        load_demo_if_empty(environment, say)
    except LoaderError as error:
        return error
    return None


def _print_accounts(environment: Environment) -> None:
    table = plain_table("account", "password", "may")
    for account, password, may in (
        ("employee", environment.employee_password, "look, explore, keep own charts"),
        ("analyst", environment.analyst_password, "and change charts, query in SQL Lab"),
        ("admin", environment.admin_password, "everything"),
    ):
        table.add_row(account, escape(password), may)
    console = output()
    console.print(f"Ready: {environment.superset_url}", soft_wrap=True)
    console.print(table)
