"""Arguments that several verbs take."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer


def parse_day(text: str) -> dt.date:
    """A day as the command line writes it, YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day of the form YYYY-MM-DD.") from error


def usage_error(message: str) -> typer.BadParameter:
    """What a verb raises when its arguments do not fit together; ends with 2."""
    return typer.BadParameter(message)


# What a load is asked for, and hence a plan.
FromDay = Annotated[
    dt.date | None, typer.Option("--from", parser=parse_day, metavar="DAY", help="Only from this day on.")
]
ToDay = Annotated[dt.date | None, typer.Option("--to", parser=parse_day, metavar="DAY", help="Only up to this day.")]
OneReport = Annotated[str | None, typer.Option(help="Only this report.")]
Force = Annotated[bool, typer.Option("--force", help="Also what has not changed.")]
Partial = Annotated[bool, typer.Option("--partial", help="Publish days that a declared source has not delivered yet.")]
AsJson = Annotated[bool, typer.Option("--json", help="The steps as JSON.")]
