"""`groundup assets`: Superset's databases, datasets, charts and dashboards as code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from settings.environment import PROJECT, load_environment

if TYPE_CHECKING:
    from superset_sync.rules import Finding

# Each verb reads in what it needs: a check is over before the session of an `apply` would have been read in.
# ruff: noqa: PLC0415

assets = typer.Typer(help="Superset assets as code: check them, publish them.", no_args_is_help=True)


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
def apply() -> None:
    """Check the asset folders, then publish them to the running Superset.

    Example: groundup assets apply
    """
    from superset_sync.publish import publish

    result = publish(load_environment(), PROJECT)
    counts = f"{result.dashboards} dashboards, {result.charts} charts and {result.datasets} datasets"
    typer.echo(f"{counts} were published." if result.changed else f"{counts} are live already; nothing was sent.")


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
