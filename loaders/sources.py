"""sources.yaml: the exports to read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from loaders.declarations import Declaration, misdeclared, read_declaration
from loaders.errors import DeclarationError

SchemaName = Literal["ga4", "firebase"]
# The demo's exports: the company moved from the schema of 2017 to today's.
DEMO_SOURCES = ("demo_android", "demo_ios", "demo")


class Source(Declaration):
    """One export: its schema and the time zone of its days."""

    export_schema: SchemaName = Field(alias="schema")
    timezone: str = "UTC"
    # A declared source is expected to deliver every day until this one; days that it lacks are held back.
    until: dt.date | None = None
    # So many hours after its end a day is due.
    due_after_hours: int = Field(0, ge=0, le=96)
    # At BigQuery: where the export lies, and which of its tables are the days.
    dataset: str | None = Field(None, pattern=r"^[a-z0-9.:-]+[.]\w+$")
    tables: Literal["daily", "intraday"] = "daily"
    name: str = Field("", pattern=r"^[a-z][a-z0-9_]{0,62}$|^$")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise misdeclared(f"{value!r} is not a time zone such as Asia/Seoul")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The property's time zone."""
        return ZoneInfo(self.timezone)

    def due_day(self, now: dt.datetime) -> dt.date:
        """The last day that should have been delivered at that moment; a moment with a time zone."""
        ended = (now - dt.timedelta(hours=self.due_after_hours)).astimezone(self.zone).date() - dt.timedelta(days=1)
        return min(ended, self.until) if self.until else ended


class Sources(Declaration):
    """All sources of sources.yaml, by name."""

    sources: dict[str, Source] = Field(default_factory=dict)


def load_sources(path: Path) -> dict[str, Source]:
    """The declared sources by name, each with its name set. Raises DeclarationError."""
    declared = read_declaration(path, Sources).sources
    return {name: name_source(name, source, path) for name, source in declared.items()}


def name_source(name: str, source: Source, where: Path | str) -> Source:
    """The source with its name, which becomes part of table names. Raises DeclarationError for an unfit one."""
    try:
        return Source.model_validate({**source.model_dump(by_alias=True), "name": name})
    except ValueError as error:
        raise DeclarationError(
            f"{where}: {name!r} cannot name a source; use lower-case letters, digits and underscores."
        ) from error
