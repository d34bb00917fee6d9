from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from stack import mysql_server
from stack.errors import NotInstalledError, ServiceFailedError
from stack.places import Places, prepare
from tests.stack.conftest import environment_in


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "a home")
    prepare(places)
    return places


def test_what_an_interrupted_install_left_is_thrown_away(places: Places) -> None:
    abandoned = places.mysql / "data.new-x"
    abandoned.mkdir()
    (abandoned / "ibdata1").write_bytes(b"half")
    mysql_server.install_data(places)
    assert {path.name for path in places.mysql.iterdir()} == {"data", "tmp"}
    assert (places.mysql_data / "mysql" / "global_priv.frm").exists()


def test_a_data_folder_that_is_there_is_left_alone(places: Places) -> None:
    places.mysql_data.mkdir()
    mysql_server.install_data(places)
    assert list(places.mysql_data.iterdir()) == []


def test_an_install_that_fails_names_the_log_and_leaves_no_data(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_server, "install_command", lambda data: ["false"])
    with pytest.raises(ServiceFailedError, match=f"false could not make .*: read {places.log('mysql')}"):
        mysql_server.install_data(places)
    assert not places.mysql_data.exists()


def test_without_a_server_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("stack.programs._SEARCHED", str(tmp_path))
    with pytest.raises(NotInstalledError, match="mariadbd is not installed on this machine: run make install"):
        mysql_server.server_command(environment_in(tmp_path), Places(tmp_path))


def test_mysql_8_is_run_where_mariadb_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "mysqld"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("stack.programs._SEARCHED", str(tmp_path))
    assert "--initialize-insecure" in mysql_server.install_command(Path("data"))
    command = mysql_server.server_command(environment_in(tmp_path), Places(tmp_path))
    assert command[0] == str(program)
    assert "--plugin-load-add=auth_socket.so" in command
    assert mysql_server.administrator() == "root"


def test_both_servers_know_the_options_in_common() -> None:
    # MariaDB says of an option that it does not know: unknown variable. MySQL 8 documents each of these.
    done = subprocess.run(
        ["/usr/sbin/mysqld", "--no-defaults", *mysql_server._OPTIONS, "--help", "--verbose"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "unknown" not in done.stderr
