"""Arguments that several verbs take."""

from __future__ import annotations

import datetime as dt

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
