"""Which services there are, in the order in which they start, and what each one needs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from settings.environment import Environment
from stack.errors import StackError


class Service(StrEnum):
    """The services, for the command line to choose from."""

    MYSQL = "mysql"
    REDIS = "redis"
    SUPERSET = "superset"
    WORKER = "worker"
    BEAT = "beat"
    AIRFLOW = "airflow"
    AIRFLOW_SCHEDULER = "airflow-scheduler"
    AIRFLOW_DAGS = "airflow-dags"


SERVICES: tuple[str, ...] = tuple(service.value for service in Service)

# These wait by themselves for what they need.
BACKGROUND = ("worker", "beat")

# Airflow's three processes are of use together only; it starts when it is asked for by name.
AIRFLOW = ("airflow", "airflow-scheduler", "airflow-dags")
USUAL = tuple(service for service in SERVICES if service not in AIRFLOW)

_NEEDS = {
    "superset": ("mysql", "redis"),
    "worker": ("mysql", "redis", "superset"),
    "beat": ("mysql", "redis", "superset", "worker"),
    **dict.fromkeys(AIRFLOW, ("mysql", *AIRFLOW)),
}


def with_needs(services: Sequence[str]) -> list[str]:
    """The services asked for and those that they need, in the order of start; none asked for means the usual ones.

    Raises StackError for a service that does not exist.
    """
    unknown = [service for service in services if service not in SERVICES]
    if unknown:
        raise StackError(f"There is no service {unknown[0]!r}: choose from {', '.join(SERVICES)}.")
    asked = set(services or USUAL)
    for service in services:
        asked.update(_NEEDS.get(service, ()))
    return [service for service in SERVICES if service in asked]


def port_of(environment: Environment, service: str) -> int | None:
    """The TCP port on which a service listens; None where it does not."""
    return {
        "mysql": environment.mysql_port,
        "redis": environment.redis_port,
        "superset": environment.superset_port,
        "airflow": environment.airflow_port,
    }.get(service)


def port_setting(service: str) -> str:
    """The name of the setting that moves a service to another port."""
    return f"GROUNDUP_{service.upper()}_PORT"
