"""How Superset reaches BigQuery: whatever an address or its parameters say, by the one connection that is made here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from superset_config.bigquery import connect, format_cost, is_bigquery, person
from superset_config.bigquery_reader import Reader
from superset_config.bigquery_rules import Estimate
from superset_config.datasource import point_to_this_machine


@dataclass(frozen=True)
class Address:
    """As much of SQLAlchemy's URL as we use: it is not installed where these tests run."""

    drivername: str = "bigquery"
    host: str = "other"
    query: dict[str, str] = field(default_factory=lambda: {"maximum_bytes_billed": "999999999999999"})

    def set(self, **parts: Any) -> Address:
        return replace(self, **parts)


class Source(Enum):
    SQL_LAB = 2


_EMAILS = {"analyst": "analyst@groundup.localhost", "google_123": "Ada.Lovelace@example.com"}


class Team:
    """A security manager in whose eyes somebody of the data team asks."""

    def can_access(self, permission: str, view: str) -> bool:
        return permission == view == "all_database_access"

    def find_user(self, username: str) -> Any:
        return SimpleNamespace(email=_EMAILS[username]) if username in _EMAILS else None


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_PROJECT", "acme")
    monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_MAX_BYTES", "1000")
    monkeypatch.setenv("GROUNDUP_REDIS_PASSWORD", "of redis")


def test_nothing_of_an_address_or_its_parameters_gets_through() -> None:
    given = {
        "poolclass": "NullPool",
        "credentials_path": "/x",
        "connect_args": {"client": "another", "job_config": {"maximum_bytes_billed": 2**62}},
    }
    address, parameters = point_to_this_machine(Address(), given, "google_123", Team(), Source.SQL_LAB)
    assert address.query == {"user_supplied_client": "true"}
    assert parameters.keys() == {"poolclass", "connect_args"}
    assert parameters["connect_args"].keys() == {"client"}
    reader = parameters["connect_args"]["client"]
    assert isinstance(reader, Reader)
    assert (reader.project, reader.limits.query_bytes) == ("acme", 1000)
    assert reader.labels == {"app": "groundup", "from": "sql_lab", "user": "ada_lovelace_example_com"}


def test_what_asks_from_nowhere_is_labelled_so() -> None:
    _, parameters = connect(Address(), {}, None, Team(), None)
    assert parameters["connect_args"]["client"].labels == {"app": "groundup", "from": "other", "user": "nobody"}


@pytest.mark.parametrize("driver", ["bigquery", "bigquery+anything"])
def test_every_address_of_bigquery_is_recognised(driver: str) -> None:
    assert is_bigquery(Address(driver))
    assert not is_bigquery(Address("mysql+pymysql"))


@pytest.mark.parametrize(
    ("username", "named"),
    [("analyst", "analyst"), ("google_123", "Ada.Lovelace@example.com"), ("unknown", "unknown"), (None, "nobody")],
)
def test_a_person_is_named_by_their_address(username: str | None, named: str) -> None:
    assert person(username, Team()) == named


def test_each_statement_has_its_cost() -> None:
    costs = [{"estimate": Estimate("SELECT", size), "most_bytes": 2**40} for size in (2**30, 2**40)]
    assert [cost["Costs"] for cost in format_cost(costs)] == ["$0.01", "$6.25"]
