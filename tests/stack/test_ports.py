from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from stack.errors import PortInUseError
from stack.ports import require_distinct_ports, require_free_port
from tests.stack.conftest import environment_in


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("service", ["mysql", "redis", "superset"])
def test_a_port_in_use_is_named_with_its_holder_and_its_setting(tmp_path: Path, service: str, address: str) -> None:
    with socket.socket() as other:
        other.bind((address, 0))
        other.listen()
        port = other.getsockname()[1]
        environment = environment_in(tmp_path, **{f"{service}_port": port})
        with pytest.raises(
            PortInUseError,
            match=rf"^Port {port} for {service} is taken by .*\(process {os.getpid()}\): "
            rf"stop it, or set GROUNDUP_{service.upper()}_PORT to another port\.$",
        ):
            require_free_port(environment, service)


def test_a_free_port_is_accepted(tmp_path: Path) -> None:
    require_free_port(environment_in(tmp_path), "mysql")


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PortInUseError, match=r"192\.0\.2\.1 is not an address of this machine"):
        require_free_port(environment_in(tmp_path, superset_host="192.0.2.1"), "superset")


def test_two_services_on_one_port_are_refused(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, mysql_port=4000, redis_port=4000)
    with pytest.raises(PortInUseError, match="GROUNDUP_MYSQL_PORT and GROUNDUP_REDIS_PORT are both 4000"):
        require_distinct_ports(environment, ["mysql", "redis", "superset"])
