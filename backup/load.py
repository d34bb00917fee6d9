"""Writing a dump into a MySQL server of its own, which nobody else can reach, and looking whether it is all there."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backup.dump import LARGEST_PACKET, Tally, dumping
from backup.errors import BrokenBackupError, DumpError
from backup.manifest import TableDigest
from settings.environment import REPORTS_DATABASE, SUPERSET_DATABASE, Environment
from stack.mysql_server import connect_as_administrator, install_data, mysql_is_ready, server_command
from stack.places import Places
from stack.programs import find_program

# May write into the two databases and nothing else, whatever the dump says; gone before the server is anybody's.
_WRITER = "groundup_restore"

_READY_SECONDS = 120.0
_END_SECONDS = 600.0
_POLL_SECONDS = 0.1


def load_dump(
    environment: Environment,
    places: Places,
    dump: Iterable[bytes],
    tables: dict[str, TableDigest],
    backup: Path,
    say: Callable[[str], None],
    detail: Callable[[str], None],
) -> None:
    """Makes the data folder of `places` with the dump's databases in it, and compares every table with `tables`.

    Raises DumpError, BrokenBackupError and StackError.
    """
    say("Making the MySQL data folder")
    install_data(places)
    with _server(environment, places):
        with connect_as_administrator(places) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE USER '{_WRITER}'@'localhost'")
            for database in (REPORTS_DATABASE, SUPERSET_DATABASE):
                cursor.execute(f"GRANT ALL PRIVILEGES ON `{database}`.* TO '{_WRITER}'@'localhost'")
        say("Writing MySQL's tables")
        _write(places, dump, backup)
        say("Comparing MySQL's tables")
        _compare(places, tables, backup, detail)
        with connect_as_administrator(places) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP USER '{_WRITER}'@'localhost'")


@contextmanager
def _server(environment: Environment, places: Places) -> Iterator[None]:
    command = [
        # It must not outlive this process, which alone knows what it is for.
        *("setpriv", "--pdeathsig", "KILL"),
        *server_command(environment, places),
        # Only through the socket, in a folder that is closed to other accounts.
        "--skip-networking",
        LARGEST_PACKET,
        # Until it is whole, nothing of it is worth keeping.
        "--innodb-flush-log-at-trx-commit=0",
        "--skip-innodb-doublewrite",
    ]
    log = places.log("mysql")
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while not mysql_is_ready(places):
            if process.poll() is not None or time.monotonic() > deadline:
                raise DumpError(f"The MySQL server for the restored data does not come up: read {log}.")
            time.sleep(_POLL_SECONDS)
        yield
        # Everything is in its files once it has ended by itself.
        process.terminate()
        if process.wait(_END_SECONDS):
            raise DumpError(f"The MySQL server for the restored data did not end well: read {log}.")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _write(places: Places, dump: Iterable[bytes], backup: Path) -> None:
    command = [
        str(find_program("mariadb", "mysql")),
        "--no-defaults",
        f"--socket={places.mysql_socket}",
        f"--user={_WRITER}",
        # A dump from strange hands must not run commands of this machine, nor read its files.
        "--sandbox",
        "--binary-mode",
        "--local-infile=0",
        LARGEST_PACKET,
        "--default-character-set=utf8mb4",
    ]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints)
        try:
            if process.stdin is not None:
                try:
                    for chunk in dump:
                        process.stdin.write(chunk)
                    process.stdin.close()
                except BrokenPipeError:
                    # It says itself why it has ended.
                    pass
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise DumpError(
                f"MySQL refuses the tables of {backup} ({said[-1] if said else 'it gave no reason'}); nothing was "
                "changed: make room where the disk is full, else take another backup."
            )


def _compare(places: Places, tables: dict[str, TableDigest], backup: Path, detail: Callable[[str], None]) -> None:
    tally = Tally(detail)
    with dumping(places) as lines:
        for _ in tally.watch(lines):
            pass
    found = tally.tables()
    for name in sorted({*found, *tables}):
        if found.get(name) != tables.get(name):
            rows = [held[name].rows if name in held else 0 for held in (found, tables)]
            raise BrokenBackupError(
                f"{backup} does not give back what it was made of: {name} has {rows[0]:,} rows after it was written, "
                f"and {rows[1]:,} in the manifest, or they differ; nothing was changed: take another backup."
            )
