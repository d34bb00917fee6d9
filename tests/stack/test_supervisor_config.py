from __future__ import annotations

import configparser
import shlex
from pathlib import Path

from stack.places import Places
from stack.supervisor_config import programs, render, write_config
from tests.stack.conftest import environment_in


def _parsed(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read_string(text)
    return parser


def test_no_password_is_in_it(tmp_path: Path) -> None:
    environment = environment_in(tmp_path)
    assert "secret-" in environment.as_variables()["GROUNDUP_REDIS_PASSWORD"]
    assert "secret-" not in render(environment, Places(tmp_path))


def test_it_is_readable_by_this_account_alone(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.supervisor.mkdir()
    write_config("[supervisord]\n", places)
    assert places.supervisor_config.stat().st_mode & 0o777 == 0o600


def test_blanks_and_quotes_in_a_path_arrive(tmp_path: Path) -> None:
    home = tmp_path / "half of it's"
    text = render(environment_in(home), Places(home))
    command = _parsed(text)["program:mysql"]["command"]
    assert f"--datadir={home}/mysql/data" in shlex.split(command)


def test_every_service_stops_with_its_children_and_after_those_that_need_it(tmp_path: Path) -> None:
    environment = environment_in(tmp_path)
    parsed = _parsed(render(environment, Places(tmp_path)))
    sections = [parsed[f"program:{program.service}"] for program in programs(environment, Places(tmp_path))]
    assert all(section["killasgroup"] == "true" for section in sections)
    assert [section["priority"] for section in sections] == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_the_worker_alone_ends_its_children_itself_when_they_are_done(tmp_path: Path) -> None:
    parsed = _parsed(render(environment_in(tmp_path), Places(tmp_path)))
    alone = [name for name in parsed if name != "DEFAULT" and parsed[name].get("stopasgroup") == "false"]
    assert alone == ["program:worker"]


def test_servers_listen_on_this_machine_only(tmp_path: Path) -> None:
    mysql = programs(environment_in(tmp_path, mysql_port=4711), Places(tmp_path))[0]
    assert {"--bind-address=127.0.0.1", "--port=4711", "--no-defaults"} <= set(mysql.command)
