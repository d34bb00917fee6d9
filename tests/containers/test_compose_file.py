"""docker-compose.yml keeps to what the rest of the project says, and to what containers in production need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from settings.environment import PROJECT, SECRETS, Environment
from stack import mysql_server
from stack.airflow_server import server_commands
from stack.places import Places
from stack.redis_server import redis_settings
from stack.superset_server import beat_command, server_command, worker_command
from stack.variables import foreign_secrets
from tests.containers.compose import make_secrets, resolved
from tests.stack.conftest import environment_in

STACK = resolved()
SERVICES: dict[str, Any] = STACK["services"]
OURS = {name: service for name, service in SERVICES.items() if name not in ("mysql", "redis")}
ONE_SHOT = ("accounts", "superset-init")
# Those that containers have by their nature.
FIXED = {
    "GROUNDUP_HOME",
    "GROUNDUP_SOURCES_FILE",
    "GROUNDUP_METRICS_FILE",
    "GROUNDUP_AIRFLOW_HOST",
    "GROUNDUP_AIRFLOW_PORT",
}
SECRET = re.compile(r"_(PASSWORD|SECRET|SECRET_KEY|TOKEN|WEBHOOK)$")
KEYS = ("BIGQUERY_CREDENTIALS", "SQLLAB_BIGQUERY_CREDENTIALS")
SETTINGS = {f"GROUNDUP_{name.upper()}" for name in Environment.model_fields}


def secrets_of(service: str) -> set[str]:
    return {secret["source"].upper() for secret in SERVICES[service].get("secrets", ())}


def test_a_setting_of_env_reaches_every_container() -> None:
    plain = {name for name in SETTINGS if not SECRET.search(name) and not name.endswith("_CREDENTIALS_FILE")} - FIXED
    ports = {name for name in plain if name.endswith(("_PORT", "_HOST"))}
    given = resolved(**dict.fromkeys(plain - ports, "http://set.example"))["services"]
    for name in OURS:
        assert plain <= given[name]["environment"].keys(), name
        unset = {key for key in plain - ports if given[name]["environment"][key] != "http://set.example"}
        assert not unset, (name, unset)


def test_what_is_not_set_is_left_to_its_default() -> None:
    assert SERVICES["loader"]["environment"]["GROUNDUP_COMPANY_NAME"] is None


def test_no_secret_is_in_the_file_or_in_the_environment_of_a_container() -> None:
    secret = {name for name in SETTINGS if SECRET.search(name)}
    given = resolved(**dict.fromkeys(secret, "hush-hush"))
    assert "hush-hush" not in str(given)
    for name, service in given["services"].items():
        assert not {key for key in service.get("environment", {}) if SECRET.search(key)}, name


def test_every_secret_reaches_somebody_and_has_a_file() -> None:
    given = set().union(*(secrets_of(name) for name in SERVICES))
    assert given == {name for name in SETTINGS if SECRET.search(name)} | {"MYSQL_ROOT_PASSWORD", *KEYS}
    assert given == {name.upper() for name in STACK["secrets"]}


def test_a_key_for_bigquery_goes_to_those_alone_who_use_it() -> None:
    keys = {f"GROUNDUP_{key}_FILE": f"/home/somebody/{key}.json" for key in KEYS}
    for name, service in resolved(**keys)["services"].items():
        for key in KEYS:
            place = service.get("environment", {}).get(f"GROUNDUP_{key}_FILE")
            is_given = key in secrets_of(name)
            assert place == (f"/run/secrets/{key.lower()}" if is_given else None), (name, key)
    assert {name for name in SERVICES if "BIGQUERY_CREDENTIALS" in secrets_of(name)} == {"loader", "airflow-scheduler"}


@pytest.mark.parametrize("service", ["superset", "worker", "beat", "airflow-dags"])
def test_a_service_gets_no_more_secrets_than_without_containers(service: str, tmp_path: Path) -> None:
    assert not secrets_of(service) & set(foreign_secrets(environment_in(tmp_path), service))


def test_only_who_makes_accounts_has_the_administrators_password() -> None:
    assert [name for name in SERVICES if "MYSQL_ROOT_PASSWORD" in secrets_of(name)] == ["accounts", "mysql"]


def test_mysql_is_started_as_without_containers() -> None:
    ours = [option for option in mysql_server._OPTIONS if not option.startswith("--bind-address")]
    assert [*ours, "--loose-mysqlx=OFF"] == SERVICES["mysql"]["command"][1:]


def test_redis_has_the_same_settings_as_without_containers(tmp_path: Path) -> None:
    text = (PROJECT / "docker/redis/redis.conf").read_text()
    assert text in redis_settings(environment_in(tmp_path), Places(tmp_path))


def test_superset_is_started_as_without_containers() -> None:
    commands = {name: service["command"][1:] for name, service in SERVICES.items() if service.get("command")}
    assert commands["worker"] == worker_command()[1:]
    assert commands["beat"] == beat_command()[1:]
    assert commands["superset-init"] == [*server_command()[1:], "prepare"]
    assert commands["superset"] == [*server_command()[1:], "serve"]


def test_airflow_has_its_three_processes(tmp_path: Path) -> None:
    services = set(server_commands(environment_in(tmp_path)))
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["airflow"]} == services
    assert all(SERVICES[name]["command"][-1] == name for name in services)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_fit_for_production(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z-]+:[0-9][0-9.]*", service["image"])
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["mem_limit"]) > 0
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert service["restart"] == ("on-failure:3" if name in ONE_SHOT else "unless-stopped")
    assert ("healthcheck" in service) == (name not in ONE_SHOT)
    assert service.get("read_only", False) == (name != "mysql")
    for port in service.get("ports", ()):
        assert port["host_ip"] == "127.0.0.1"


def test_mysql_and_redis_cannot_be_reached_from_outside() -> None:
    assert STACK["networks"]["store"]["internal"] is True
    for name in ("mysql", "redis"):
        assert list(SERVICES[name]["networks"]) == ["store"]
        assert "ports" not in SERVICES[name]


def test_images_carry_the_version_of_the_project() -> None:
    [version] = re.findall(r'^version = "(.*)"', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE)
    built = {service["image"] for service in SERVICES.values() if "build" in service}
    assert {image.rpartition(":")[2] for image in built} == {version}


def awaited(service: str) -> set[str]:
    """What must be there before a service starts, directly or not."""
    needs = set(SERVICES[service].get("depends_on", ()))
    return needs.union(*(awaited(name) for name in needs))


def test_each_image_of_ours_is_built_once_before_anybody_wants_it() -> None:
    for name, service in SERVICES.items():
        if service["image"].startswith("groundup-") and "build" not in service:
            [builder] = [
                each for each, other in SERVICES.items() if other["image"] == service["image"] and "build" in other
            ]
            assert builder in awaited(name)
            assert service["pull_policy"] == "never"


@pytest.mark.parametrize("path", sorted(PROJECT.glob("docker/*/Dockerfile")), ids=lambda path: path.parent.name)
def test_an_image_is_built_from_locked_packages_and_runs_as_nobody_special(path: Path) -> None:
    text = path.read_text()
    stages = set(re.findall(r" AS (\S+)", text))
    for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert image in stages or re.fullmatch(r"[a-z]+:\d[\w.-]*", image)
    for line in re.findall(r"pip .*install.*", text):
        assert "--require-hashes" in line or ("--no-deps" in line and "--editable ." in line)
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1] not in ("root", "0", "0:0")


def test_the_secrets_that_compose_wants_are_made_once(tmp_path: Path) -> None:
    first = make_secrets(tmp_path)
    assert first.keys() == STACK["secrets"].keys()
    assert all(first[name.lower()] for name in SECRETS)
    filled = [value for value in first.values() if value]
    assert len(set(filled)) == len(filled) == len(SECRETS) + 1
    assert make_secrets(tmp_path) == first


def test_secrets_can_be_read_by_containers_and_by_nobody_else(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o444}
