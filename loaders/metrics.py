"""metrics.yaml: the definitions that a company may choose. Changing one restates what depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from loaders.declarations import Declaration, misdeclared, read_declaration
from loaders.errors import DeclarationError, FeedError
from loaders.store_ranks.charts import CHARTS, country_code

# A struct of a list is a mapping of its fields.
SettingValue = int | tuple[str, ...] | tuple[int, ...] | tuple[Mapping[str, str | int | None], ...]


@dataclass(frozen=True)
class Setting:
    """A setting as queries take it: GoogleSQL type and value."""

    type: str
    value: SettingValue


class Activity(Declaration):
    """What makes a user active."""

    background_events: tuple[str, ...]
    mau_days: Annotated[int, Field(ge=7, le=366)]


class Events(Declaration):
    """Which events the event reports leave out."""

    excluded: tuple[str, ...]


class ListedParameter(Declaration):
    """A parameter whose values are reported; `top` caps the values of a day, the rest become `(other)`."""

    top: Annotated[int, Field(ge=1)] | None = None


class Retention(Declaration):
    """Which days after the first one are looked at."""

    days: tuple[Annotated[int, Field(ge=0, le=730)], ...] = Field(min_length=1)


class MorningReport(Declaration):
    """What the company's morning table counts."""

    take_events: tuple[str, ...]


# YAML reads a number without quotes as one.
AppId = Annotated[str, Field(pattern=r"^[0-9]{1,20}$"), BeforeValidator(str)]
AppName = Annotated[str, Field(min_length=1, max_length=255)]


class StoreRanks(Declaration):
    """The apps whose ranks are followed: number in the store → how the dashboards call it."""

    ours: dict[AppId, AppName] = Field(default_factory=dict)
    competitors: dict[AppId, AppName] = Field(default_factory=dict)
    # Country → its charts that Airflow fetches every day.
    charts: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_charts(self) -> Self:
        for country, charts in self.charts.items():
            try:
                known = country_code(country) == country
            except FeedError:
                known = False
            if not known:
                raise misdeclared(f"{country!r} is no country by its two letters of ISO 3166, such as HK")
            strange = [chart for chart in charts if chart not in CHARTS]
            if strange:
                raise misdeclared(f"{strange[0]!r} is no chart; the charts are {', '.join(CHARTS)}")
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        both = self.ours.keys() & self.competitors.keys()
        if both:
            raise misdeclared(f"{min(both)} is both ours and a competitor")
        names = [*self.ours.values(), *self.competitors.values()]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise misdeclared(f"two apps are called {min(twice)!r}, which would make them one line")
        return self


class Metrics(Declaration):
    """All settings of metrics.yaml."""

    activity: Activity
    country_aliases: dict[str, str] = Field(default_factory=dict)
    events: Events
    event_params: dict[str, dict[str, ListedParameter]] = Field(default_factory=dict)
    retention: Retention
    report: MorningReport
    store_ranks: StoreRanks = Field(default_factory=StoreRanks)
    final_after_days: Annotated[int, Field(ge=0, le=30)]

    @model_validator(mode="after")
    def _takes_are_events(self) -> Self:
        # The morning table counts takes in the report `events`, which is a fraction of all events.
        left_out = set(self.report.take_events) & set(self.events.excluded)
        if left_out:
            raise misdeclared(f"report.take_events counts {min(left_out)!r}, which events.excluded leaves out")
        return self

    def settings(self) -> dict[str, Setting]:
        """Every setting that a query may take, by its dotted name."""
        listed = [(event, key, cap.top) for event, keys in self.event_params.items() for key, cap in keys.items()]
        return {
            "activity.background_events": Setting("ARRAY<STRING>", self.activity.background_events),
            "activity.mau_days": Setting("INT64", self.activity.mau_days),
            "country_aliases": Setting(
                "ARRAY<STRUCT<name STRING, alias STRING>>",
                tuple(_struct(name=name, alias=alias) for name, alias in sorted(self.country_aliases.items())),
            ),
            "events.excluded": Setting("ARRAY<STRING>", self.events.excluded),
            "event_params": Setting(
                "ARRAY<STRING>", tuple(f"{event}.{key}" for event, key, _ in sorted(listed, key=_name))
            ),
            "event_params.top": Setting(
                "ARRAY<STRUCT<event_name STRING, param_key STRING, top INT64>>",
                tuple(
                    _struct(event_name=event, param_key=key, top=top)
                    for event, key, top in sorted(listed, key=_name)
                    if top is not None
                ),
            ),
            "retention.days": Setting("ARRAY<INT64>", tuple(sorted(set(self.retention.days)))),
            "retention.last_day": Setting("INT64", max(self.retention.days)),
            "final_after_days": Setting("INT64", self.final_after_days),
            "report.take_events": Setting("ARRAY<STRING>", self.report.take_events),
        }

    def setting(self, name: str) -> Setting:
        """The setting under a dotted name such as `activity.mau_days`. Raises DeclarationError for an unknown one."""
        known = self.settings()
        if name not in known:
            raise DeclarationError(f"metrics.yaml has no setting {name}; the settings are {', '.join(sorted(known))}.")
        return known[name]


def _struct(**fields: str | int | None) -> Mapping[str, str | int | None]:
    return fields


def _name(listed: tuple[str, str, int | None]) -> tuple[str, str]:
    return listed[0], listed[1]


def load_metrics(path: Path) -> Metrics:
    """metrics.yaml, checked. Raises DeclarationError."""
    return read_declaration(path, Metrics)
