"""What supervisord is told: one program a service.

Passwords are not in it: each program inherits its environment, without the secrets of the others.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from settings.environment import PROJECT, Environment
from stack import airflow_server, mysql_server, redis_server, superset_server
from stack.places import Places
from stack.variables import without_foreign_secrets


@dataclass(frozen=True)
class Program:
    """A service as supervisord sees it; times are in seconds."""

    service: str
    command: Sequence[str]
    stop_seconds: int
    # Whether its children are told to stop as well; one that ends its children itself is told alone.
    stops_children: bool = True


def programs(environment: Environment, places: Places) -> list[Program]:
    """The programs in the order of their start.

    Raises NotInstalledError.
    """
    return [
        Program("mysql", mysql_server.server_command(environment, places), stop_seconds=60),
        Program("redis", redis_server.server_command(places), stop_seconds=15),
        Program("superset", superset_server.server_command(), stop_seconds=15),
        # It lets the report that is being made come to its end; one that takes longer is begun anew at the next start.
        Program("worker", superset_server.worker_command(), stop_seconds=30, stops_children=False),
        Program("beat", superset_server.beat_command(), stop_seconds=10),
        # Its scheduler lets the tasks that run come to their end.
        *(
            Program(service, command, stop_seconds=60)
            for service, command in airflow_server.server_commands(environment).items()
        ),
    ]


def render(environment: Environment, places: Places) -> str:
    """The text of `supervisord.conf`; the names of the places must have passed `places.prepare`.

    Nothing starts by itself with supervisord: `lifecycle` starts a service when those that it needs are ready.

    Raises NotInstalledError.
    """
    own_account = "user=root\n" if os.geteuid() == 0 else ""
    head = f"""\
[supervisord]
identifier=groundup
pidfile={places.supervisor_pid}
logfile={places.log("supervisor")}
logfile_maxbytes=5MB
logfile_backups=1
umask=077
{own_account}
[unix_http_server]
file={places.supervisor_socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(
        _section(program, without_foreign_secrets(environment, program.service, program.command), priority, places)
        for priority, program in enumerate(programs(environment, places), start=1)
    )


def write_config(text: str, places: Places) -> None:
    """Write `supervisord.conf`, readable by this account alone."""
    draft = places.supervisor_config.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(places.supervisor_config)


def _section(program: Program, command: Sequence[str], priority: int, places: Places) -> str:
    # Supervisor stops in the reverse order of priority: what needs others stops before them.
    return f"""
[program:{program.service}]
command={shlex.join(command)}
directory={PROJECT}
priority={priority}
autostart=false
autorestart=true
startsecs=1
startretries=10
stopsignal=TERM
stopwaitsecs={program.stop_seconds}
stopasgroup={str(program.stops_children).lower()}
killasgroup=true
redirect_stderr=true
stdout_logfile={places.log(program.service)}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""
