"""Whether a service's port is free, and who has it when it is not."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence

import psutil

from settings.environment import Environment
from stack.errors import PortInUseError
from stack.services import port_of, port_setting


def require_distinct_ports(environment: Environment, services: Sequence[str]) -> None:
    """Raise PortInUseError when two services are set to one port."""
    taken: dict[int, str] = {}
    for service in services:
        port = port_of(environment, service)
        if port is None:
            continue
        if port in taken:
            raise PortInUseError(
                f"{port_setting(taken[port])} and {port_setting(service)} are both {port}: set one to another port."
            )
        taken[port] = service


def require_free_port(environment: Environment, service: str) -> None:
    """Raise PortInUseError when a service that is about to start could not listen on its port."""
    port = port_of(environment, service)
    if port is None:
        return
    host = {"superset": environment.superset_host, "airflow": environment.airflow_host}.get(service, "127.0.0.1")
    remedy = f"stop it, or set {port_setting(service)} to another port"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the servers do: a port that only has closed connections on it is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise PortInUseError(
            f"{host} is not an address of this machine: correct GROUNDUP_{service.upper()}_HOST."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(f"Port {port} for {service} is taken by {_holder(port)}: {remedy}.") from error
        if error.errno == errno.EADDRNOTAVAIL:
            raise PortInUseError(
                f"{host} is not an address of this machine: correct GROUNDUP_{service.upper()}_HOST."
            ) from error
        raise PortInUseError(
            f"Port {port} for {service} may not be used ({error.strerror}): set {port_setting(service)} to another."
        ) from error


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another process"
