"""The command line: every verb by name, and one way in which all of them fail."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from groundup.assets import assets
from groundup.demo import demo
from groundup.down import down
from groundup.forget import forget
from groundup.ingest import ingest
from groundup.load import load
from groundup.logs import logs
from groundup.runs import runs
from groundup.sql import sql
from groundup.status import status
from groundup.up import up
from loaders.errors import LoaderError
from settings.environment import load_environment
from settings.errors import SettingsError
from stack.errors import StackError
from superset_sync.errors import SyncError

# What Typer ends with after Ctrl-C.
_INTERRUPTED = 130

app = typer.Typer(
    name="groundup",
    help="A company's data infrastructure from the raw log to the picture on the wall.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for verb in (up, down, status, logs, demo, ingest, load, forget, runs, sql):
    app.command()(verb)
app.add_typer(assets, name="assets")


def main() -> None:
    """Runs a verb. Exit status: 0 done, 1 failed (one sentence on stderr), 2 usage."""
    if _is_debugging():
        app()
    try:
        app()
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _fail("Interrupted; whatever was not finished is as before, and the same command goes on from there.")
        raise
    except (LoaderError, SettingsError, StackError, SyncError) as error:
        _fail(str(error))
    except Exception as error:
        _fail(f"Unexpected {type(error).__name__}: {error}. GROUNDUP_DEBUG=1 shows where it comes from.")


def _is_debugging() -> bool:
    try:
        return load_environment().debug
    except SettingsError:
        # The verb itself says what is wrong with the settings.
        return False


def _fail(sentence: str) -> None:
    Console(stderr=True, highlight=False, markup=False).print(f"groundup: {sentence}", style="red", soft_wrap=True)
    sys.exit(1)
