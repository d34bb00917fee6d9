"""`groundup backup`: everything that can't be made anew, into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backup.make import make_backup
from backup.own_settings import keep_secrets
from groundup.arguments import usage_error
from groundup.progress import details, progress
from loaders.health import size
from settings.environment import load_environment
from stack.revival import revive


def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The file to write; none of that name yet.")
    ] = None,
    secrets: Annotated[
        Path | None,
        typer.Option("--secrets", metavar="FILE", help="Write the passwords and keys to a file of their own."),
    ] = None,
) -> None:
    """Write reports, ranks, ledger, warehouse, Superset's and Airflow's own data and the settings into one file.

    Everything may run meanwhile; a load that is at work is waited for. No password and no key gets into the
    file: keep them elsewhere, once, by --secrets.

    Example: groundup backup /mnt/backups/groundup-$(date +%F).zip

    Example: groundup backup --secrets /mnt/safe/groundup-secrets.env
    """
    if file is None and secrets is None:
        raise usage_error("Name the file to write, or --secrets FILE.")
    environment = load_environment()
    if secrets is not None:
        keep_secrets(environment, secrets)
        typer.echo(f"The passwords and keys are in {secrets}: keep it where the backups are not.")
    if file is None:
        return
    with progress() as say:
        revive(environment, say)
        made = make_backup(environment, file, say, details(say))
    tables = len(made.manifest.tables)
    warehouse = (
        f", a warehouse of {size(made.manifest.parts['warehouse.duckdb'].bytes)}" if made.manifest.warehouse else ""
    )
    airflow = ", Airflow's metadata" if made.manifest.airflow else ""
    typer.echo(
        f"{file}: {size(made.bytes)}, with {made.manifest.rows:,} rows of {tables} tables{warehouse}{airflow} "
        f"as of {made.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC."
    )
