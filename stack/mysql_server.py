"""The private MySQL server: its data folder and its command line. MariaDB where it is installed, else MySQL 8."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pymysql

from settings.environment import Environment
from stack.errors import ServiceFailedError
from stack.places import Places
from stack.programs import find_program, is_installed

_SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

# Both servers know these.
_OPTIONS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--local-infile=1",
    "--default-time-zone=+00:00",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    f"--sql-mode={_SQL_MODE}",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-buffer-pool-size=256M",
    "--max-connections=120",
)


def is_mariadb() -> bool:
    """Whether the server is MariaDB; else it is MySQL."""
    return is_installed("mariadbd") and is_installed("mariadb-install-db")


def account_of_this_process() -> str:
    """The name of the account that runs the stack, as the operating system knows it."""
    return pwd.getpwuid(os.geteuid()).pw_name


def administrator() -> str:
    """The MySQL account that this operating system account may use through the socket, without a password."""
    return account_of_this_process() if is_mariadb() else "root"


def server_command(environment: Environment, places: Places) -> list[str]:
    """The command that runs the server.

    Raises NotInstalledError.
    """
    # MySQL finds out by a plug-in who is at the other end of a socket; MariaDB has it built in.
    own = () if is_mariadb() else ("--mysqlx=OFF", "--plugin-load-add=auth_socket.so")
    return [
        str(find_program("mariadbd", "mysqld")),
        "--no-defaults",
        *_as_account(),
        f"--datadir={places.mysql_data}",
        f"--port={environment.mysql_port}",
        f"--socket={places.mysql_socket}",
        f"--pid-file={places.mysql / 'mysqld.pid'}",
        # In a common folder, another server that starts would remove what this one is using.
        f"--tmpdir={places.mysql_scratch}",
        *_OPTIONS,
        *own,
    ]


def _as_account() -> list[str]:
    # As root it wants to be told that this is meant.
    return ["--user=root"] if os.geteuid() == 0 else []


def install_command(data: Path) -> list[str]:
    """The command that makes an empty data folder.

    Raises NotInstalledError.
    """
    if is_mariadb():
        return [
            str(find_program("mariadb-install-db")),
            "--no-defaults",
            f"--datadir=./{data}",
            *_as_account(),
            "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={account_of_this_process()}",
            "--skip-test-db",
            "--skip-name-resolve",
        ]
    # Its administrator has no password until `accounts` binds him to the socket; he exists on the socket only, whose
    # folder is closed to other accounts.
    return [
        str(find_program("mysqld")),
        "--no-defaults",
        "--initialize-insecure",
        f"--datadir=./{data}",
        *_as_account(),
    ]


def install_data(places: Places) -> None:
    """Make the data folder unless it is there; one that was left half made is made anew.

    Raises NotInstalledError; ServiceFailedError when the server refuses.
    """
    if places.mysql_data.exists():
        return
    for abandoned in places.mysql.glob("data.new-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    # A name of its own: the program that an interrupted `up` had started may still be writing to the last one.
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=places.mysql))
    log = places.log("mysql")
    # MariaDB's script does not cope with a blank in a path, so it gets one that starts where it runs.
    command = install_command(Path(draft.name))
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            cwd=draft.parent,
            env={**os.environ, "TMPDIR": str(places.mysql_scratch)},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        raise ServiceFailedError(
            f"{Path(command[0]).name} could not make {places.mysql_data}: read {log} for its reason."
        )
    draft.rename(places.mysql_data)


def connect_as_administrator(places: Places) -> pymysql.Connection[pymysql.cursors.Cursor]:
    """A connection through the socket. Raises pymysql.OperationalError while the server is not ready."""
    return pymysql.connect(
        unix_socket=str(places.mysql_socket), user=administrator(), password="", connect_timeout=5, autocommit=True
    )


def mysql_is_ready(places: Places) -> bool:
    """Whether the server answers a query."""
    try:
        with connect_as_administrator(places) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (pymysql.MySQLError, OSError):
        return False
    return True
