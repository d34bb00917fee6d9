from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml

from settings.environment import PROJECT
from superset_config.datasource import encryption, find_password, point_to_this_machine


@dataclass(frozen=True)
class Address:
    """As much of SQLAlchemy's URL as we use: it is not installed where these tests run."""

    username: str | None = "groundup_reader"
    database: str | None = "reports"
    host: str = "127.0.0.1"
    port: int = 13306
    drivername: str = "mysql+pymysql"

    def set(self, **parts: Any) -> Address:
        return replace(self, **parts)


@pytest.fixture(autouse=True)
def another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_MYSQL_HOST", "10.0.0.7")
    monkeypatch.setenv("GROUNDUP_MYSQL_PORT", "3306")
    monkeypatch.setenv("GROUNDUP_MYSQL_READER_PASSWORD", "of the reader")


def test_the_report_store_is_where_the_environment_says() -> None:
    address, parameters = point_to_this_machine(Address(), {"a": 1}, "ada", None, None)
    assert (address.host, address.port, parameters["a"]) == ("10.0.0.7", 3306, 1)
    assert find_password(Address()) == "of the reader"


def test_a_ratio_is_not_rounded_before_it_is_shown() -> None:
    given = {"connect_args": {"connect_timeout": 3}}
    _, parameters = point_to_this_machine(Address(), given, "ada", None, None)
    assert parameters["connect_args"] == {
        "connect_timeout": 3,
        "init_command": "SET SESSION div_precision_increment = 12"
        " /*M!100100 , SESSION max_statement_time = 30 */ /*!80000 , SESSION max_execution_time = 30000 */",
    }
    assert given == {"connect_args": {"connect_timeout": 3}}


@pytest.mark.parametrize("other", [Address(username="root"), Address(database="mysql"), Address(username=None)])
def test_no_other_address_gets_the_password_or_is_moved(other: Address) -> None:
    assert find_password(other) is None
    assert point_to_this_machine(other, {}, None, None, None) == (other, {})


def test_the_committed_address_is_the_one_that_is_recognised() -> None:
    text = (PROJECT / "databases" / "Reports.yaml").read_text()
    assert "//groundup_reader@" in yaml.safe_load(text)["sqlalchemy_uri"]
    assert "/reports?charset=utf8mb4" in yaml.safe_load(text)["sqlalchemy_uri"]


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", {"ssl_disabled": True}), ("10.0.0.7", {})])
def test_what_leaves_this_machine_may_be_encrypted(host: str, expected: dict[str, bool]) -> None:
    assert encryption(host) == expected
