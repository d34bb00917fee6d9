"""Making a backup while everything runs."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql

from backup import files
from backup.archive import Writer, written
from backup.dump import TablesChangedError, Tally, dumping
from backup.errors import BackupError, DumpError
from backup.keys import AIRFLOW as AIRFLOW_KEY
from backup.keys import SUPERSET as SUPERSET_KEY
from backup.keys import check_of, encrypted_in_airflow, encrypted_in_superset
from backup.latest import LastBackup, note_backup
from backup.manifest import (
    AIRFLOW,
    FORMAT,
    JOURNAL,
    MYSQL,
    WAREHOUSE,
    KeyCheck,
    Manifest,
    Part,
    airflow_version,
    project_version,
)
from backup.own_settings import settings_in
from loaders.journal import journal_file
from loaders.warehouse.duckdb_file import log_of
from settings.addresses import THIS_MACHINE
from settings.environment import Environment
from stack.airflow_server import metadata_file
from stack.mysql_server import connect_as_administrator
from stack.places import Places, places_of
from superset_sync.instance_form import SUPERSET_VERSION

# How often it begins again because a load has changed the tables that it was reading.
_ATTEMPTS = 3

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A backup: where it lies, its size in bytes, and what is in it."""

    path: Path
    bytes: int
    manifest: Manifest


def make_backup(environment: Environment, path: Path, say: Say, detail: Say) -> Made:
    """Writes a backup of everything to a file that must not be there yet; `detail` takes each table as it is read.

    Raises BackupError, StackError, LoaderError.
    """
    require_own_mysql(environment, "backup")
    if path.exists():
        raise BackupError(f"{path} is there already: choose another name, such as one with the date, or remove it.")
    if not path.parent.is_dir():
        raise BackupError(f"The folder {path.parent} is not there: make it, or choose another.")
    with _work_folder(environment) as work:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                manifest = _write(environment, path, work, say, detail)
                break
            except TablesChangedError:
                if attempt == _ATTEMPTS:
                    raise
                say("A load has changed the tables that were being read: beginning again")
    made = Made(path, path.stat().st_size, manifest)
    note_backup(environment.home, LastBackup(str(path.absolute()), manifest.made_at, made.bytes))
    return made


def require_own_mysql(environment: Environment, verb: str) -> None:
    """Raises BackupError where MySQL is not the one that this home's stack runs."""
    if environment.mysql_host not in THIS_MACHINE:
        raise BackupError(
            f"`groundup {verb}` is about the MySQL of this home's own stack, and GROUNDUP_MYSQL_HOST says "
            f"{environment.mysql_host}: use that server's own tools."
        )


def _write(environment: Environment, path: Path, work: Path, say: Say, detail: Say) -> Manifest:
    places = places_of(environment)
    warehouse, airflow = work / WAREHOUSE, work / AIRFLOW
    for leftover in work.iterdir():
        leftover.unlink()
    _require_room(environment, work)
    journal = b""
    tally = Tally(detail)
    with written(path) as writer:
        with ExitStack() as stack:
            with _warehouse_at_rest(environment, say) as copy_warehouse:
                say("Reading MySQL")
                dump = stack.enter_context(dumping(places))
                # From here on, everything is as it was at this moment: no load can have ended since.
                made_at = dt.datetime.now(dt.UTC)
                copy_warehouse(warehouse)
                if journal_file(environment.home).exists():
                    journal = journal_file(environment.home).read_bytes()
            writer.add(MYSQL, tally.watch(dump))
        if metadata_file(places).exists():
            say("Copying Airflow's metadata")
            files.copy_airflow(metadata_file(places), airflow)
        if warehouse.exists():
            say("Packing the warehouse")
        manifest = Manifest(
            format=FORMAT,
            project=project_version(),
            superset=SUPERSET_VERSION,
            airflow=airflow_version() if airflow.exists() else None,
            made_at=made_at,
            tables=tally.tables(),
            warehouse=files.settle_warehouse(warehouse) if warehouse.exists() else {},
            airflow_tables=files.airflow_rows(airflow) if airflow.exists() else {},
            keys=_key_checks(environment, places, airflow),
            parts=_add_rest(writer, environment, journal, {WAREHOUSE: warehouse, AIRFLOW: airflow}),
        )
        writer.finish(manifest)
    return manifest


def _add_rest(writer: Writer, environment: Environment, journal: bytes, copies: Mapping[str, Path]) -> dict[str, Part]:
    for name, copy in copies.items():
        if copy.exists():
            writer.add_file(name, copy)
    if journal:
        writer.add(JOURNAL, [journal])
    for name, text in settings_in(environment).items():
        writer.add(name, [text])
    return writer.parts


@contextmanager
def _warehouse_at_rest(environment: Environment, say: Say) -> Iterator[Callable[[Path], None]]:
    if environment.warehouse != "duckdb":
        yield lambda _: None
        return
    with files.warehouse_at_rest(environment.warehouse_file, say) as copy:
        yield copy


def _key_checks(environment: Environment, places: Places, airflow: Path) -> dict[str, KeyCheck]:
    try:
        with connect_as_administrator(places) as connection:
            checks = {SUPERSET_KEY: check_of(environment.superset_secret_key, encrypted_in_superset(connection))}
    except (pymysql.MySQLError, OSError) as error:
        raise DumpError(
            f"MySQL in {places.mysql} does not answer ({error}): start it by `groundup up mysql`, then try again."
        ) from error
    if airflow.exists():
        checks[AIRFLOW_KEY] = check_of(environment.airflow_secret_key, encrypted_in_airflow(airflow))
    return checks


def _require_room(environment: Environment, work: Path) -> None:
    """A copy of the warehouse is made first: it is quicker made than packed, and loads have to wait for it."""
    parts = (environment.warehouse_file, log_of(environment.warehouse_file))
    needed = sum(part.stat().st_size for part in parts if part.exists())
    if environment.warehouse == "duckdb" and files.free_bytes(work) < needed:
        raise BackupError(
            f"The disk of {environment.home} has no room for a copy of the warehouse ({needed >> 20:,} MB): "
            "make room there, then try again."
        )


@contextmanager
def _work_folder(environment: Environment) -> Iterator[Path]:
    folder = environment.home / "backup"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise BackupError(
            f"The state folder {environment.home} cannot be written ({error.strerror}): there is nothing to back up, "
            "or it belongs to another account."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError as error:
        raise BackupError(f"Another backup of {environment.home} is being made: wait until it ends.") from error
    finally:
        os.close(descriptor)
