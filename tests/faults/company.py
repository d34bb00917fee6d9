"""What should be in the warehouse: kept beside the product, as deliveries, forgotten people and definitions."""

import hashlib
import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import yaml

from loaders.catalog import LOADERS, Catalog, load_catalog
from tests import definitions
from tests.faults.scenario import DEFINITIONS, PEOPLE, SOURCES, draw_day, draw_days
from tests.faults.verbs import Verb
from tests.loaders.random_logs import Happening, Row, bundles, event
from tests.pipeline import write_file
from tests.reference import Definitions


@dataclass
class Company:
    """The deliveries by source and day, who was forgotten, and what metrics.yaml and report.yaml say."""

    deliveries: dict[str, dict[date, list[Happening]]] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    chosen: Definitions = DEFINITIONS[0]
    declaration: int = 0
    clock: int = 1

    def timestamps(self) -> dict[str, set[int]]:
        """The events that each source should hold; each has a timestamp of its own."""
        found = {source: {each.timestamp for each in self._left(source)} for source in self.deliveries}
        return {source: timestamps for source, timestamps in found.items() if timestamps}

    def exports(self) -> dict[str, list[Row]]:
        """The same as rows of the exports."""
        rows = {source: as_rows(source, self._left(source)) for source in self.deliveries}
        return {source: found for source, found in rows.items() if found}

    def _left(self, source: str) -> list[Happening]:
        days = self.deliveries[source].values()
        return [each for day in days for each in day if each.user not in self.forgotten]


def as_rows(source: str, story: Sequence[Happening]) -> list[Row]:
    """Rows in the source's schema; a bundle of the old one holds events of one day."""
    if SOURCES[source] == "ga4":
        return [event(each) for each in story]
    by_day: dict[str, list[Happening]] = {}
    for each in story:
        by_day.setdefault(each.day, []).append(each)
    return [row for found in by_day.values() for row in bundles(found, 3)]


def deliver(company: Company, chance: random.Random, source: str, days: Sequence[date], folder: Path) -> Verb:
    """Puts days into the company, and gives the verb that does the same with the product."""
    rows: list[Row] = []
    for day in days:
        story = draw_day(chance, day, company.clock)
        company.clock += len(story)
        company.deliveries.setdefault(source, {})[day] = story
        rows += as_rows(source, story)
    suffix = chance.choice([".ndjson", ".ndjson.gz", ".parquet"])
    parts = [rows[start::2] for start in range(2)]
    paths = [
        str(write_file(folder / f"{company.clock}-{number}{suffix}", part)) for number, part in enumerate(parts) if part
    ]
    return Verb(["ingest", *paths, "--source", source, "--schema", SOURCES[source]])


def change(company: Company, kind: str, chance: random.Random, folder: Path) -> Verb | None:
    """Makes a change of that kind; gives the verb that makes it in the product, None when the next load does."""
    if kind == "forget":
        person = chance.choice(sorted(set(PEOPLE) - company.forgotten))
        company.forgotten.add(person)
        return Verb(["forget", person])
    if kind == "redefine":
        company.chosen = chance.choice([each for each in DEFINITIONS if each != company.chosen])
        return None
    if kind == "redeclare":
        company.declaration += 1
        return None
    if kind == "remove" and len(company.deliveries) > 1:
        source = chance.choice(sorted(company.deliveries))
        del company.deliveries[source]
        return Verb(["ingest", "--remove", "--source", source])
    source = chance.choice(sorted(SOURCES))
    known = sorted(company.deliveries.get(source, {}))
    return deliver(company, chance, source, draw_days(chance, known), folder)


def settle(company: Company, folder: Path) -> tuple[Path, Path]:
    """metrics.yaml and the loaders' folder as the company has them, in files of their own."""
    metrics = folder / f"metrics-{DEFINITIONS.index(company.chosen)}.yaml"
    if not metrics.exists():
        metrics.write_text(json.dumps(definitions.metrics(company.chosen).model_dump(mode="json")))
    loaders = folder / f"loaders-{company.declaration}"
    if not loaders.exists():
        for name in ("staging", "reports"):
            shutil.copytree(LOADERS / name, loaders / name)
        # A description is part of the declaration, and of the table's comment in MySQL.
        for number, path in enumerate(sorted(loaders.glob("reports/*/report.yaml"))):
            if company.declaration and number % 3 != company.declaration % 3:
                declared = yaml.safe_load(path.read_text())
                declared["description"] += f" Edition {company.declaration}."
                path.write_text(yaml.safe_dump(declared))
    return metrics, loaders


def catalog(company: Company, loaders: Path) -> Catalog:
    """The tables as the company declares them."""
    return load_catalog(definitions.metrics(company.chosen), loaders)


def held_timestamps(warehouse: Path) -> dict[str, set[int]]:
    """The events that each source of the warehouse holds."""
    if not warehouse.exists():
        return {}
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for name, schema in connection.execute("SELECT name, export_schema FROM groundup.sources").fetchall():
            timestamp = "event_timestamp" if schema == "ga4" else "unnest(event_dim).timestamp_micros"
            rows = connection.execute(f'SELECT {timestamp} FROM exports."{name}"').fetchall()
            found[name] = {number for (number,) in rows}
    return {source: timestamps for source, timestamps in found.items() if timestamps}


def noted(warehouse: Path) -> set[str]:
    """The people whom the warehouse knows to be forgotten."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        digests = {row[0] for row in connection.execute("SELECT user_key_sha256 FROM groundup.forgotten").fetchall()}
    return {person for person in PEOPLE if hashlib.sha256(person.encode()).hexdigest() in digests}
