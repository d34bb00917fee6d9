"""`up`, `down`, `status` and `logs` as a person or a script meets them; what they start is tested with the stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from groundup.cli import make_app
from settings.environment import load_environment
from stack.launched import write_launched
from stack.places import places_of, prepare
from tests.stack.conftest import end, free_ports


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path / "home"))
    for service, port in zip(("MYSQL", "REDIS", "SUPERSET"), free_ports(3), strict=True):
        monkeypatch.setenv(f"GROUNDUP_{service}_PORT", str(port))
    yield tmp_path / "home"
    end(load_environment())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(make_app(), arguments)


@pytest.mark.parametrize("verb", ["up", "down", "status", "logs"])
def test_help_has_an_example(verb: str) -> None:
    told = run(verb, "--help")
    assert told.exit_code == 0
    assert f"Example: groundup {verb}" in told.output


def test_status_of_nothing_is_no_failure_and_changes_nothing(home: Path) -> None:
    told = run("status")
    assert told.exit_code == 0
    assert [line.split()[:2] for line in told.output.splitlines() if "stopped" in line] == [
        ["mysql", "stopped"],
        ["redis", "stopped"],
        ["superset", "stopped"],
        ["worker", "stopped"],
        ["beat", "stopped"],
    ]
    assert not home.exists()


def test_status_fails_when_something_that_should_run_does_not(home: Path) -> None:
    places = places_of(load_environment())
    prepare(places)
    write_launched(places, ["redis"], "digest", is_whole=True)
    told = run("status")
    assert told.exit_code == 1
    assert "redis: the process manager is gone: run groundup up" in told.output


def test_one_service_up_seen_read_and_down(home: Path) -> None:
    assert run("up", "redis").exit_code == 0
    assert (home / "secrets.env").stat().st_mode & 0o777 == 0o600
    told = run("status")
    assert told.exit_code == 0
    port = load_environment().redis_port
    assert any({"redis", "running", f"127.0.0.1:{port}"} <= set(line.split()) for line in told.output.splitlines())
    told = run("logs", "redis", "-n", "1")
    assert told.output.rstrip().endswith("Ready to accept connections")
    assert len(told.output.splitlines()) == 1
    assert run("down").exit_code == 0
    assert "running" not in run("status").output


@pytest.mark.parametrize("arguments", [("up", "postgres"), ("logs", "postgres")])
def test_an_unknown_service_is_a_usage_error_that_lists_the_services(arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert told.exit_code == 2
    assert all(service in told.output for service in ("postgres", "mysql", "redis", "superset"))
