"""The Superset server, its worker and its beat: their command lines and their health."""

from __future__ import annotations

from pathlib import Path

import httpx

from settings.addresses import reachable
from settings.environment import PROJECT, Environment
from settings.signs_of_life import REDIS_DATABASE, SIGNS_OF_LIFE
from stack.errors import NotInstalledError
from stack.redis_server import redis_holds

_PYTHON = PROJECT / ".venv-superset" / "bin" / "python"


def server_command() -> list[str]:
    """The command that brings the metadata up to date and then serves."""
    return [str(_PYTHON), "-m", "superset_config.boot"]


def worker_command() -> list[str]:
    """The command that executes alerts and reports."""
    return [str(_PYTHON), "-m", "superset_config.worker"]


def beat_command() -> list[str]:
    """The command that says every minute that it is time to look which of them are due."""
    return [str(_PYTHON), "-m", "superset_config.beat"]


def require_installed(python: Path = _PYTHON) -> None:
    """Raise NotInstalledError unless Superset's environment is there."""
    if not python.exists():
        raise NotInstalledError(f"Superset is not installed in {python.parent.parent}: run make install.")


def has_sign_of_life(environment: Environment, service: str) -> bool:
    """Whether the worker or the beat has said within the last seconds that it is at work."""
    return redis_holds(environment, SIGNS_OF_LIFE[service], REDIS_DATABASE)


def superset_is_healthy(environment: Environment) -> bool:
    """Whether Superset serves requests."""
    address = f"http://{reachable(environment.superset_host)}:{environment.superset_port}/health"
    try:
        answer = httpx.get(address, timeout=5, trust_env=False)
    except (httpx.HTTPError, OSError):
        return False
    return answer.status_code == httpx.codes.OK
