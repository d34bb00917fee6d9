"""What was asked to run, and with which settings: kept beside supervisord's configuration from `up` to `down`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from settings.environment import Environment
from stack.places import Places
from stack.services import SERVICES

# A change of these means nothing to a service that runs.
_NOT_READ_BY_SERVICES = {"GROUNDUP_DEBUG"}


@dataclass(frozen=True)
class Launched:
    """The services that should run, and a digest of the settings that they were started with."""

    services: tuple[str, ...] = ()
    settings: str = ""
    # Whether all of them have been started; else whoever was doing it may have been killed.
    is_whole: bool = False


def settings_digest(environment: Environment, config: str) -> str:
    """Changes when a service that runs would have to start anew to follow the settings."""
    variables = {name: value for name, value in environment.as_variables().items() if name not in _NOT_READ_BY_SERVICES}
    return hashlib.sha256(json.dumps([variables, config], sort_keys=True).encode()).hexdigest()


def read_launched(places: Places) -> Launched:
    """What was asked for last; nothing when the stack is down or the file was cut short."""
    try:
        stored = json.loads(places.launched.read_text())
        services = tuple(name for name in SERVICES if name in stored["services"])
        return Launched(services, str(stored["settings"]), bool(stored.get("is_whole")))
    except (OSError, ValueError, KeyError, TypeError):
        return Launched()


def write_launched(places: Places, services: Sequence[str], settings: str, *, is_whole: bool) -> None:
    """Keep what is asked for now, and whether all of it has been started."""
    draft = places.launched.with_suffix(".new")
    draft.write_text(json.dumps({"services": list(services), "settings": settings, "is_whole": is_whole}))
    draft.replace(places.launched)


def forget_launched(places: Places) -> None:
    """Nothing is asked for any more."""
    places.launched.unlink(missing_ok=True)
