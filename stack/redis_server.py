"""The private Redis server: its settings and its command line.

It holds Superset's cache, sessions and rate limits, and the orders to its worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from settings.environment import PROJECT, Environment
from stack.places import Places
from stack.programs import find_program, is_installed

# Containers take it as well.
_EVERYWHERE = PROJECT / "docker" / "redis" / "redis.conf"


def redis_settings(environment: Environment, places: Places) -> str:
    """The text of `redis.conf`: what holds everywhere, and what is this machine's."""
    return f"""\
{_EVERYWHERE.read_text()}\
bind 127.0.0.1
port {environment.redis_port}
requirepass {_quoted(environment.redis_password)}
dir {_quoted(str(places.redis))}
pidfile {_quoted(str(places.redis / "redis.pid"))}
daemonize no
set-proc-title no
"""


def write_redis_settings(environment: Environment, places: Places) -> None:
    """Write `redis.conf`, readable by this account alone, since it holds the password."""
    draft = places.redis_config.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(redis_settings(environment, places))
    draft.replace(places.redis_config)


def link_program(places: Places) -> None:
    """Give the server its name, where Debian's package with the service is not installed.

    Debian's redis-tools holds the server's program as `redis-check-rdb`; it goes by the name that it is called by.
    """
    link = places.redis / "redis-server"
    if is_installed("redis-server"):
        return
    program = find_program("redis-check-rdb")
    if not link.is_symlink() or link.readlink() != program:
        link.unlink(missing_ok=True)
        link.symlink_to(program)


def server_command(places: Places) -> list[str]:
    """The command that runs the server."""
    program: Path = find_program("redis-server") if is_installed("redis-server") else places.redis / "redis-server"
    return [str(program), str(places.redis_config)]


def redis_is_ready(environment: Environment) -> bool:
    """Whether the server answers to the password in force; a server that still reads its snapshot does not."""
    return bool(_ask(environment, 0, lambda client: client.ping()))


def redis_holds(environment: Environment, key: str, database: int) -> bool:
    """Whether a key is there; it is not when the server does not answer."""
    return bool(_ask(environment, database, lambda client: client.exists(key)))


def _ask(environment: Environment, database: int, question: Callable[[Any], Any]) -> Any:
    # It takes a third of a second to read in, which whoever has no Redis running need not wait for.
    import redis  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    client = redis.Redis(
        host="127.0.0.1",
        port=environment.redis_port,
        password=environment.redis_password,
        db=database,
        socket_timeout=5,
        socket_connect_timeout=5,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return question(client)
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
