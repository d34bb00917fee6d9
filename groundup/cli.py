"""The command line: every verb by name, and one way in which all of them fail."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console

from backup.errors import BackupError
from loaders.errors import LoaderError
from settings.environment import load_environment
from settings.errors import SettingsError
from stack.errors import StackError
from superset_sync.errors import SyncError

# What Typer ends with after Ctrl-C.
_INTERRUPTED = 130

# Each is a function, or a group of verbs, in the module of that name.
VERBS = (
    "up",
    "down",
    "status",
    "logs",
    "demo",
    "ingest",
    "plan",
    "compute",
    "load",
    "backfill",
    "forget",
    "runs",
    "sql",
    "assets",
    "store-ranks",
    "backup",
    "restore",
    "airflow",
)

# What follows the first word belongs to the other command line, its options too.
_CONTEXT = {"airflow": {"allow_interspersed_args": False}}


def verbs_asked_for(arguments: Sequence[str]) -> Sequence[str]:
    """The verb that the arguments begin with, else all: what the others need takes longer to read in than many work."""
    return arguments[:1] if arguments and arguments[0] in VERBS else VERBS


def make_app(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """The command line with these verbs."""
    app = typer.Typer(
        name="groundup",
        help="A company's data infrastructure from the raw log to the picture on the wall.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    # With a callback, a single verb is still named on the command line.
    app.callback()(_no_options)
    for name in verbs:
        module = name.replace("-", "_")
        verb = getattr(importlib.import_module(f"groundup.{module}"), module)
        if isinstance(verb, typer.Typer):
            app.add_typer(verb, name=name)
        else:
            app.command(name, context_settings=_CONTEXT.get(name))(verb)
    return app


def _no_options() -> None:
    return


def main() -> None:
    """Runs a verb. Exit status: 0 done, 1 failed (one sentence on stderr), 2 usage."""
    app = make_app(verbs_asked_for(sys.argv[1:]))
    if _is_debugging():
        app()
    try:
        app()
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _fail("Interrupted; whatever was not finished is as before, and the same command goes on from there.")
        raise
    except (BackupError, LoaderError, SettingsError, StackError, SyncError) as error:
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
