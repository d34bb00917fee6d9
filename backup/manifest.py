"""What a backup says of itself: by whom and when it was made, and what each part must turn out to be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backup.errors import BrokenBackupError, UnfitError
from settings.environment import PROJECT
from superset_sync.instance_form import SUPERSET_VERSION

# Raised when older projects could not read the file right.
FORMAT = 1

MYSQL = "mysql.sql"
WAREHOUSE = "warehouse.duckdb"
AIRFLOW = "airflow.sqlite"
JOURNAL = "last_load.json"
SETTINGS = ("settings/sources.yaml", "settings/metrics.yaml", "settings/env")
MANIFEST = "manifest.json"
PARTS = (MYSQL, WAREHOUSE, AIRFLOW, JOURNAL, *SETTINGS)

_Size = Annotated[int, Field(ge=0)]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """One file in the backup: its size in bytes, unpacked, and its SHA-256."""

    bytes: _Size
    sha256: _Digest


class TableDigest(_Strict):
    """A table of MySQL: its rows, and the SHA-256 of what they look like in a dump, in the order of the key."""

    rows: _Size
    sha256: _Digest


class KeyCheck(_Strict):
    """Tells whether a key is the one without telling the key: scrypt of it, with a salt, in hexadecimal."""

    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    digest: _Digest
    # How many stored values cannot be read without the key.
    encrypted: _Size


class Manifest(_Strict):
    """The manifest. Times are UTC; `tables` are those of MySQL by `database.table`, the others rows by table."""

    format: int
    project: str
    superset: str
    airflow: str | None
    made_at: dt.datetime
    parts: dict[str, Part]
    tables: dict[str, TableDigest]
    warehouse: dict[str, _Size]
    airflow_tables: dict[str, _Size]
    keys: dict[str, KeyCheck]

    @property
    def bytes(self) -> int:
        """The size of all parts, unpacked."""
        return sum(part.bytes for part in self.parts.values())

    @property
    def rows(self) -> int:
        """The rows of all tables in MySQL."""
        return sum(table.rows for table in self.tables.values())


def project_version() -> str:
    """This project's version."""
    return version("groundup")


def airflow_version() -> str:
    """The version of Airflow that this project installs."""
    lines = (PROJECT / "requirements/airflow.txt").read_text().splitlines()
    pinned = next(line for line in lines if line.startswith("apache-airflow=="))
    return pinned.removeprefix("apache-airflow==").split()[0]


def read_manifest(text: bytes, name: str) -> Manifest:
    """The manifest of the backup `name`. Raises BrokenBackupError, and UnfitError for one of a newer version."""
    try:
        stored = json.loads(text)
        known = stored["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenBackupError(f"{name} has no manifest: it is no backup that `groundup backup` wrote.") from error
    if isinstance(known, int) and known > FORMAT:
        raise UnfitError(
            f"{name} was made by a newer version of this project (format {known}, this one knows {FORMAT}): "
            "update the project, then restore."
        )
    try:
        manifest = Manifest.model_validate(stored)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise BrokenBackupError(
            f"{name} has a manifest that is wrong at {place!r}: `groundup backup` did not write it so."
        ) from error
    if not {MYSQL, *SETTINGS[:2]} <= set(manifest.parts) <= set(PARTS):
        raise BrokenBackupError(f"{name} lacks parts, or has parts of its own: `groundup backup` did not write it so.")
    return manifest


def newer_than_here(manifest: Manifest, here: Mapping[str, str] | None = None) -> str | None:
    """The program that is newer in the backup than here, with both versions; None when none is."""
    ours = here or {"Ground Up": project_version(), "Superset": SUPERSET_VERSION, "Airflow": airflow_version()}
    theirs = {"Ground Up": manifest.project, "Superset": manifest.superset, "Airflow": manifest.airflow}
    for name, made in theirs.items():
        if made and _order(made) > _order(ours[name]):
            return f"{name} {made}, and here is {ours[name]}"
    return None


def _order(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))
