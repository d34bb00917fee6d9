"""Putting a backup in the place of what a home holds: everything is made and compared beside it first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backup import files
from backup.archive import Reader, opened
from backup.errors import BackupError, UnfitError
from backup.keys import missing_key
from backup.load import load_dump
from backup.make import require_own_mysql
from backup.manifest import AIRFLOW, JOURNAL, MYSQL, SETTINGS, WAREHOUSE, Manifest, newer_than_here
from backup.own_settings import differing, kept_secrets
from loaders.journal import journal_file
from loaders.warehouse.duckdb_file import log_of
from loaders.warehouse.duckdb_lock import held
from settings.environment import Environment, load_environment, secrets_text, write_secrets
from stack import exchange
from stack.airflow_server import metadata_file
from stack.exchange import Exchange
from stack.lifecycle import exchange_state
from stack.places import Places, places_of, prepare

Say = Callable[[str], None]

# A table in MySQL takes up to so much more than in a dump, and an empty server so many bytes.
_MYSQL_GROWTH = 3
_MYSQL_EMPTY = 256 << 20
# The restored settings lie where nobody reads them: the repository is the company's own.
SETTINGS_FOLDER = "restored-settings"


@dataclass(frozen=True)
class Restored:
    """What was restored, which services had been running, and which settings are not those of this project.

    `forgotten` is the number of people who were forgotten after the backup, and are in it.
    """

    manifest: Manifest
    services: tuple[str, ...]
    differing: tuple[str, ...]
    settings: Path
    forgotten: int


def restore(
    environment: Environment, path: Path, secrets: Path | None, say: Say, detail: Say, *, force: bool = False
) -> Restored:
    """Replaces what the home holds by the backup's content, all or nothing; services are stopped and not started again.

    Raises BackupError, StackError, LoaderError; up to the exchange at its very end, nothing has changed then.
    """
    require_own_mysql(environment, "restore")
    places = places_of(environment)
    say("Looking at the backup")
    with opened(path) as backup:
        given = kept_secrets(secrets) if secrets else None
        _require_fit(backup.manifest, load_environment(given), path, given is not None)
        _require_empty(environment, places, force=force)
        with _prepared(places) as folder:
            _require_room(backup.manifest, folder)
            comes = _prepare_state(environment, backup, path, folder, say, detail)
            if given is not None:
                write_secrets(folder / environment.secrets_file.name, secrets_text(given))
                comes.append(environment.secrets_file.name)
            kept = _keep_settings(backup, folder)
            files.sync_tree(folder)
            order = Exchange([*comes, SETTINGS_FOLDER], _goes(environment, places, backup.manifest))
            forgotten = files.forgotten_since(environment.warehouse_file, folder / environment.warehouse_file.name)
            services = _exchange(environment, order, say)
    settings = environment.home / SETTINGS_FOLDER
    return Restored(backup.manifest, services, tuple(differing(kept, environment)), settings, forgotten)


def _require_fit(manifest: Manifest, ours: Environment, path: Path, has_secrets: bool) -> None:
    newer = newer_than_here(manifest)
    if newer:
        raise UnfitError(f"{path} was made with {newer}: update the project and run make install, then restore.")
    name = missing_key(manifest, ours)
    if name:
        remedy = (
            "so have the secrets that were given: give those of the home that was backed up"
            if has_secrets
            else "give it by --secrets FILE, which `groundup backup --secrets` wrote"
        )
        raise UnfitError(
            f"{path} holds stored passwords that only the {name} of its home can read, and this home has another; "
            f"{remedy}. Nothing was changed."
        )
    if manifest.warehouse and ours.warehouse != "duckdb":
        raise UnfitError(
            f"{path} holds an embedded warehouse, and GROUNDUP_WAREHOUSE says {ours.warehouse}: set it to duckdb."
        )


def _require_empty(environment: Environment, places: Places, *, force: bool) -> None:
    data = (places.mysql_data, environment.warehouse_file, metadata_file(places))
    held_data = [place for place in data if place.exists()]
    # An exchange that was cut off has been allowed already.
    if held_data and not force and not exchange.is_due(places):
        raise UnfitError(
            f"The home {environment.home} holds data already ({held_data[0].relative_to(environment.home)}): back it "
            "up and restore with --force, or set GROUNDUP_HOME to another folder."
        )


def _require_room(manifest: Manifest, folder: Path) -> None:
    dump = manifest.parts[MYSQL].bytes
    needed = manifest.bytes - dump + dump * _MYSQL_GROWTH + _MYSQL_EMPTY
    free = files.free_bytes(folder)
    if free < needed:
        raise UnfitError(
            f"The disk of {folder.parent} has {free >> 20:,} MB free, and the backup needs {needed >> 20:,} MB beside "
            "what is there: make room, then restore."
        )


def _prepare_state(
    environment: Environment, backup: Reader, path: Path, folder: Path, say: Say, detail: Say
) -> list[str]:
    """Makes all parts below the folder as they will lie in the home; gives their paths, in the order to come."""
    manifest, home = backup.manifest, environment.home
    beside = Places(folder)
    prepare(beside)
    places = places_of(environment)
    comes = []
    for part, place, title in (
        (WAREHOUSE, environment.warehouse_file, "the warehouse"),
        (AIRFLOW, metadata_file(places), "Airflow's metadata"),
        (JOURNAL, journal_file(home), "the journal"),
    ):
        if part in manifest.parts:
            say(f"Unpacking {title}")
            name = str(place.relative_to(home))
            backup.unpack(part, folder / name)
            comes.append(name)
    if WAREHOUSE in manifest.parts:
        files.check_warehouse(folder / environment.warehouse_file.name, manifest.warehouse, path)
    if AIRFLOW in manifest.parts:
        files.check_airflow(folder / metadata_file(places).relative_to(home), manifest.airflow_tables, path)
    try:
        load_dump(environment, beside, backup.chunks(MYSQL), manifest.tables, path, say, detail)
    finally:
        if beside.sockets.parent != folder:
            shutil.rmtree(beside.sockets, ignore_errors=True)
    return [*comes, str(places.mysql_data.relative_to(home))]


def _keep_settings(backup: Reader, folder: Path) -> dict[str, bytes]:
    (folder / SETTINGS_FOLDER).mkdir(mode=0o700)
    kept = {}
    for name in SETTINGS:
        if name in backup.manifest.parts:
            kept[name] = b"".join(backup.chunks(name))
            (folder / SETTINGS_FOLDER / (".env" if name.endswith("/env") else Path(name).name)).write_bytes(kept[name])
    return kept


def _goes(environment: Environment, places: Places, manifest: Manifest) -> list[str]:
    """What belongs to the old state alone: logs of its databases, its cache and sessions."""
    gone = [places.redis / "dump.rdb"]
    if WAREHOUSE in manifest.parts:
        gone.append(log_of(environment.warehouse_file))
    if AIRFLOW in manifest.parts:
        metadata = metadata_file(places)
        # Whether the metadata are up to date is found out anew.
        gone += [metadata.with_name(f"{metadata.name}-{kind}") for kind in ("wal", "shm", "journal")]
        gone.append(places.airflow / "migrated")
    return [str(place.relative_to(environment.home)) for place in gone]


def _exchange(environment: Environment, order: Exchange, say: Say) -> tuple[str, ...]:
    def on_wait() -> None:
        say("Waiting until the command that has the warehouse ends")

    with held(environment.warehouse_file, alone=True, patience=files.PATIENCE_SECONDS, on_wait=on_wait):
        return exchange_state(environment, order, say)


@contextmanager
def _prepared(places: Places) -> Iterator[Path]:
    """The folder beside the state, empty and ours alone; it stays when the exchange was begun."""
    folder = exchange.prepared_folder(places)
    try:
        prepare(places)
        lock = os.open(places.supervisor, os.O_RDONLY)
    except OSError as error:
        raise BackupError(f"The state folder {places.home} cannot be written ({error.strerror}).") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        exchange.finish(places)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            if not exchange.is_due(places):
                shutil.rmtree(folder, ignore_errors=True)
            raise
    except BlockingIOError as error:
        raise BackupError(f"Another restore into {places.home} is at work: wait until it ends.") from error
    except OSError as error:
        raise BackupError(
            f"Nothing was restored into {places.home}, and nothing was changed ({error.strerror or error}): "
            "make room on its disk, and the folder writable, then try again."
        ) from error
    finally:
        os.close(lock)


def remove_replaced(environment: Environment) -> None:
    """Removes what was there before, once what was restored is known to run."""
    shutil.rmtree(exchange.prepared_folder(places_of(environment)), ignore_errors=True)
