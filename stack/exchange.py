"""Putting a prepared state in the place of the one that is there: all of it, if need be by whoever comes next."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stack.errors import PlaceError
from stack.places import Places

# What is in it is prepared; what it replaces is kept beside, until everything runs again.
_REPLACED = "replaced"


@dataclass(frozen=True)
class Exchange:
    """Paths below the state folder: what comes from the prepared folder, in this order, and what just goes."""

    comes: Sequence[str]
    goes: Sequence[str] = ()


def prepared_folder(places: Places) -> Path:
    """Where the state is prepared that shall come."""
    return places.home / "restore"


def _order(places: Places) -> Path:
    return prepared_folder(places) / "exchange.json"


def is_due(places: Places) -> bool:
    """Whether an exchange has been begun and not ended."""
    return _order(places).exists()


def begin(places: Places, exchange: Exchange) -> None:
    """Decides it: from now on it will be ended, by `finish`, whoever is killed. Raises PlaceError."""
    try:
        draft = _order(places).with_suffix(".new")
        with draft.open("w") as file:
            json.dump({"comes": list(exchange.comes), "goes": list(exchange.goes)}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(_order(places))
        sync(prepared_folder(places))
    except OSError as error:
        raise PlaceError(
            f"The state folder {places.home} cannot be written ({error.strerror}), and is as it was: make room there."
        ) from error


def finish(places: Places) -> None:
    """Ends what was begun; nothing of the state may be in use. Raises PlaceError; then the next call goes on."""
    if not is_due(places):
        return
    try:
        order = json.loads(_order(places).read_text())
        replaced = prepared_folder(places) / _REPLACED
        for name in order["goes"]:
            _put_aside(places.home / name, replaced / name)
        for name in order["comes"]:
            _put_in_place(prepared_folder(places) / name, places.home / name, replaced / name)
        _order(places).unlink()
        sync(prepared_folder(places))
    except OSError as error:
        raise PlaceError(
            f"What was restored could not be put in place in {places.home} ({error.strerror}): make the folder "
            "writable, then run groundup up, which goes on."
        ) from error


def _put_in_place(coming: Path, place: Path, aside: Path) -> None:
    if not coming.exists():
        # An earlier call came so far.
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.is_file():
        # A file is replaced in one moment: nobody may find none and make an empty one.
        aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.link(place, aside)
    else:
        _put_aside(place, aside)
    coming.replace(place)
    sync(place.parent)


def _put_aside(place: Path, aside: Path) -> None:
    if place.exists():
        aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.rename(aside)


def sync(place: Path) -> None:
    """Makes a file's content, or what was renamed in a folder, outlive the machine's end."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
