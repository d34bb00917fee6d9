"""`groundup ingest`: export files into the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args
from zoneinfo import available_timezones

import typer

from groundup.arguments import usage_error
from groundup.progress import counted
from loaders.export_files import shown
from loaders.ingest import ingest as ingest_files
from loaders.ingest import remove_source
from loaders.inputs import read_inputs
from loaders.sources import DEMO_SOURCES, SchemaName, Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.opened import require_embedded
from settings.environment import Environment, load_environment


def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="NDJSON, gzipped or not, or Parquet.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The source of sources.yaml, or a name of your own with --schema.")
    ] = None,
    schema: Annotated[str | None, typer.Option(help=f"The export's schema: {', '.join(get_args(SchemaName))}.")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="TZ", help="The property's time zone, such as Asia/Seoul; UTC unless given.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the source and all its days instead.")] = False,
) -> None:
    """Put daily export files into the warehouse; a day that is there already is replaced.

    Each file may hold one day or many; all files of one call together are their days.

    Example: groundup ingest exports/events_202611*.ndjson.gz --schema ga4 --timezone Asia/Seoul
    """
    environment = load_environment()
    require_embedded(environment, "ingest")
    if remove:
        _remove(environment, source, files)
        return
    if not files:
        raise usage_error("Name the files to ingest.")
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        chosen = _choose(environment, warehouse, source, schema, timezone)
        with counted("Ingesting", len(files)) as advance:
            days = ingest_files(warehouse, files, chosen, lambda path: advance(shown(Path(path.name))))
        demo_remains = bool({*DEMO_SOURCES} & {*warehouse.sources()} - {chosen.name})
    for day in days:
        typer.echo(f"{chosen.name} {day.date}: {day.old_rows:,} → {day.new_rows:,} events")
    total = sum(day.new_rows for day in days)
    typer.echo(f"{total:,} events of {len(days)} days are in the warehouse; `groundup load` is next.")
    if demo_remains:
        typer.echo(
            "The demo is in the warehouse too and counts in every figure; `groundup demo --remove` takes it out."
        )


def _remove(environment: Environment, name: str | None, files: list[Path] | None) -> None:
    if name is None or files:
        raise usage_error("--remove takes a --source and no files.")
    with DuckDBWarehouse(environment.warehouse_file) as warehouse:
        if name not in warehouse.sources():
            known = ", ".join(sorted(warehouse.sources())) or "none"
            raise usage_error(f"There is no source {name!r} in the warehouse (known: {known}).")
        days = remove_source(warehouse, name)
    typer.echo(f"Removed {days} days of {name}; `groundup load` takes them out of the reports.")


def _choose(
    environment: Environment, warehouse: DuckDBWarehouse, name: str | None, schema: str | None, timezone: str | None
) -> Source:
    known = read_inputs(environment, warehouse)
    if name is None and schema is None:
        raise usage_error(
            "Say what the files are: --schema ga4 or firebase with --timezone TZ, or --source NAME of sources.yaml."
        )
    if schema is not None and schema not in get_args(SchemaName):
        raise usage_error(f"There is no schema {schema!r}; the schemas are {', '.join(get_args(SchemaName))}.")
    name = name or schema or ""
    source = known.sources.get(name)
    if source is None:
        if schema is None:
            declared = ", ".join(sorted(known.sources)) or "none"
            raise usage_error(f"There is no source {name!r} (known: {declared}); add --schema, or declare it.")
        return name_source(name, _declare(schema, timezone or "UTC"), "--source")
    if name in known.declared and (timezone or schema or source.timezone) not in (source.timezone, schema):
        raise usage_error(f"sources.yaml declares {name!r} with {source.timezone}; leave --timezone out.")
    given = _declare(schema or source.export_schema, timezone or source.timezone)
    return name_source(name, given.model_copy(update={"tables": source.tables}), "--source")


def _declare(schema: str, timezone: str) -> Source:
    if timezone not in available_timezones():
        raise usage_error(f"{timezone!r} is no time zone such as Asia/Seoul.")
    return Source.model_validate({"schema": schema, "timezone": timezone})
