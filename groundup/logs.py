"""`groundup logs`: what a service wrote."""

from __future__ import annotations

from typing import Annotated

import typer

from settings.environment import load_environment
from stack.log_files import follow as lines_to_come
from stack.log_files import last_lines, log_of
from stack.places import places_of
from stack.services import Service


def logs(
    service: Annotated[Service, typer.Argument(help="Whose log.")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is written; ends with Ctrl-C.")
    ] = False,
) -> None:
    """Print the last lines of a service's log.

    Example: groundup logs superset -n 100 --follow
    """
    path = log_of(places_of(load_environment()), service)
    for line in last_lines(path, lines):
        typer.echo(line)
    if not follow:
        return
    try:
        for line in lines_to_come(path):
            typer.echo(line)
    except KeyboardInterrupt:
        return
