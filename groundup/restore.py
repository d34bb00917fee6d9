"""`groundup restore`: a backup in the place of what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backup.restore import Restored, remove_replaced
from backup.restore import restore as restore_backup
from groundup.progress import details, progress
from settings.environment import generate_secrets, load_environment
from stack.lifecycle import start


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `groundup backup` wrote.")],
    secrets: Annotated[
        Path | None,
        typer.Option(
            "--secrets", metavar="FILE", help="The passwords and keys that `groundup backup --secrets` wrote."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the data that this home holds.")] = False,
) -> None:
    """Put a backup in the place of what this home holds: the whole of it, or nothing.

    The backup is looked through, written beside the old data and compared before anything stops. Services that
    ran are started again. Without --secrets, the home's own passwords and keys stay in force.

    Example: groundup restore /mnt/backups/groundup-2026-11-26.zip --secrets /mnt/safe/groundup-secrets.env
    """
    environment = load_environment()
    with progress() as say:
        restored = restore_backup(environment, file, secrets, say, details(say), force=force)
        if restored.services:
            start(generate_secrets(load_environment()), restored.services, say)
        remove_replaced(environment)
    _tell(restored)


def _tell(restored: Restored) -> None:
    manifest = restored.manifest
    then = "everything that ran runs again" if restored.services else "`groundup up` starts it"
    typer.echo(
        f"The state of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC is in place, {manifest.rows:,} rows of "
        f"{len(manifest.tables)} tables, each compared with the backup; {then}."
    )
    if restored.forgotten:
        typer.echo(
            f"People who were forgotten since, and are in the backup: {restored.forgotten}; run `groundup forget` for "
            "them again."
        )
    if restored.differing:
        typer.echo(
            f"Its {' and '.join(restored.differing)} differ from this project's: they lie in {restored.settings}; "
            "copy what should be in force again, then run `groundup up`."
        )
