"""`groundup assets`: Superset's databases, datasets, roles, charts, dashboards and alerts as code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from settings.environment import PROJECT, load_environment

if TYPE_CHECKING:
    from superset_sync.rules import Finding

# Each verb reads in what it needs: a check is over before the session of an `apply` would have been read in.
# ruff: noqa: PLC0415

assets = typer.Typer(
    help="Superset assets as code: take them from the browser, compare, publish.", no_args_is_help=True
)

# What `plan --exit-code` ends with when the live instance differs.
_DIFFERS = 3

From = Annotated[
    Path | None,
    typer.Option(
        "--from", exists=True, metavar="PATH", help="A backup, or a folder, instead of the project's asset folders."
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Also delete what was applied once and the folders dropped.")]


@assets.command()
def check(
    live: Annotated[bool, typer.Option("--live", help="Also run every chart's query in the running Superset.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Find everything that is wrong in the asset folders, without Superset; ends with 1 when something is.

    Example: groundup assets check
    """
    from superset_sync.check import check_folders

    findings = check_folders(PROJECT)
    if live and not findings:
        from groundup.progress import progress
        from superset_sync.live_queries import check_live

        with progress() as say:
            findings = check_live(load_environment(), PROJECT, say)
    _tell(
        findings, "The asset folders hold together" + (", and every chart's query is answered." if live else "."), json_
    )
    if findings:
        raise typer.Exit(1)


@assets.command()
def export(
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="NAME", help="Also this one, by title, slug or uuid.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Into this folder, not the project.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that were changed here as well.")] = False,
) -> None:
    """Take what was changed in the browser into the asset folders.

    What the folders hold and what it refers to is exported; a chart or dashboard that somebody made joins with --add.

    Example: groundup assets export --add "Signups by week"
    """
    from superset_sync import apply as applying
    from superset_sync import export as exporting
    from superset_sync.errors import AssetError

    root = to or PROJECT
    found = exporting.export(load_environment(), root, add=add or [], force=force)
    for file in found.written:
        typer.echo(f"{file} is written.")
    for file in found.removed:
        typer.echo(f"{file} is removed: it was deleted in Superset.")
    for file in found.newer:
        typer.echo(f"{file} is left: it was changed here, not in Superset; `groundup assets apply` publishes it.")
    if not (found.written or found.removed):
        typer.echo("Nothing was changed in Superset since the last apply or export.")
    if found.by_hand:
        typer.echo(f"Left out, made by hand: {_some(found.by_hand)}; --add takes one in.")
    try:
        applying.check_source(applying.read_source(PROJECT, root))
    except AssetError as error:
        typer.echo("Correct before the next apply:")
        for finding in error.findings:
            typer.echo(f"  {finding}")


@assets.command()
def plan(
    source: From = None,
    prune: Prune = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 3 when the live instance differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing when nothing differs, as cron likes it.")] = False,
) -> None:
    """Show what an apply would add (+), change (~) and delete (-), and who changed it live. Changes nothing.

    Example: groundup assets plan --exit-code
    """
    from superset_sync import apply as applying
    from superset_sync.show import plan_json, plan_lines

    found = applying.plan(load_environment(), applying.read_source(PROJECT, source))
    if as_json:
        typer.echo(json.dumps(plan_json(found), indent=2, ensure_ascii=False, default=str))
    elif found.differs or not quiet:
        for line in plan_lines(found, prune=prune):
            typer.echo(line)
    if exit_code and found.differs:
        raise typer.Exit(_DIFFERS)


@assets.command()
def apply(
    source: From = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what was changed in the browser.")] = False,
    prune: Prune = False,
) -> None:
    """Check the asset folders, then publish them to the running Superset: all of it, or nothing.

    What was changed in the browser is not overwritten unasked; what is replaced is kept in a backup.

    Example: groundup assets apply --prune
    """
    from superset_sync import apply as applying

    result = applying.apply(
        load_environment(),
        applying.read_source(PROJECT, source),
        force=force,
        prune=prune,
        say=lambda text: typer.echo(text, err=True),
    )
    held = result.source.assets
    counts = f"{len(held.dashboards)} dashboards, {len(held.charts)} charts and {len(held.datasets)} datasets"
    if result.done:
        words = {"add": "added", "change": "changed", "delete": "deleted"}
        done = [f"{sum(c.action == action for c in result.done)} {word}" for action, word in words.items()]
        typer.echo(f"{counts} are live: {', '.join(text for text in done if not text.startswith('0 '))}.")
    else:
        typer.echo(f"{counts} are live already; nothing was sent.")
    if result.left:
        typer.echo(f"Left, though the folders dropped it: {_some(c.name for c in result.left)}; --prune deletes it.")
    if result.backup:
        typer.echo(f"What was replaced: groundup assets apply --from {result.backup}")


@assets.command()
def dataset(report: Annotated[str, typer.Argument(help="The folder's name under loaders/reports.")]) -> None:
    """Write the first dataset of a report, with its columns' descriptions, into datasets/.

    Example: groundup assets dataset growth
    """
    from superset_sync.new_dataset import write_dataset

    path = write_dataset(PROJECT, report)
    typer.echo(f"{path.relative_to(PROJECT)} is written; `groundup assets apply` publishes it.")


def _tell(findings: Sequence[Finding], otherwise: str, as_json: bool) -> None:
    if as_json:
        found = [{"file": one.file, "rule": one.rule, "what": one.what, "remedy": one.remedy} for one in findings]
        typer.echo(json.dumps({"findings": found}, indent=2, ensure_ascii=False))
        return
    for finding in findings:
        typer.echo(str(finding), err=True)
    if not findings:
        typer.echo(otherwise)


def _some(names: Iterable[str], most: int = 5) -> str:
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
