"""A dump of MySQL's databases by MySQL's own program: one snapshot, and what is in each table of it."""

from __future__ import annotations

import hashlib
import itertools
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from backup.errors import DumpError
from backup.manifest import TableDigest
from settings.environment import REPORTS_DATABASE, SUPERSET_DATABASE
from stack.mysql_server import administrator
from stack.places import Places
from stack.programs import find_program

_PIECE = 1 << 20
# The longest value that MySQL can hold.
LARGEST_PACKET = "--max-allowed-packet=1G"

_OPTIONS = (
    # All tables as they are at one moment, while others write.
    "--single-transaction",
    "--quick",
    # The same rows make the same text.
    "--order-by-primary",
    "--skip-dump-date",
    "--hex-blob",
    "--no-autocommit",
    LARGEST_PACKET,
    "--default-character-set=utf8mb4",
    # Superset's log of who did what has all that was typed in it, the passwords of other databases too.
    f"--ignore-table-data={SUPERSET_DATABASE}.logs",
)
_DATABASE = re.compile(rb"USE `(.+)`;$")
_NAME = rb"`(?:[^`]|``)+`"
_INSERT = re.compile(rb"INSERT INTO %b (?:\((?:%b(?:, )?)+\) )?VALUES\s" % (_NAME, _NAME))
_TABLE = re.compile(rb"-- Dumping data for table `(.+)`$")
# A table of which a statement has been changed since the snapshot: 1412 in MySQL's own numbers.
_CHANGED = re.compile(r"Table definition has changed|\b1412\b")


class TablesChangedError(DumpError):
    """A load has put a table in the place of another in the meantime: the next try sees the new one."""


class Tally:
    """Counts the rows of each table of a dump that passes by, and makes a digest of them."""

    def __init__(self, on_table: Callable[[str], None] = lambda _: None) -> None:
        self._on_table = on_table
        self._database = ""
        self._table = ""
        self._in_rows = False
        self._rows: dict[str, int] = {}
        self._digests: dict[str, hashlib._Hash] = {}

    def watch(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        """The same text, in larger pieces."""
        piece, size = [], 0
        for line in lines:
            if self._in_rows or line.startswith((b"INSERT INTO `", b"USE `", b"-- Dumping")):
                self._look_at(line)
            piece.append(line)
            size += len(line)
            if size > _PIECE:
                yield b"".join(piece)
                piece, size = [], 0
        yield b"".join(piece)

    def _look_at(self, line: bytes) -> None:
        # A value's line breaks are escaped, so a row is a line: `(…),`, and the last of a statement `(…);`.
        if self._in_rows:
            self._count(line)
        elif statement := _INSERT.match(line):
            self._in_rows = True
            # Where the columns are named, the first row follows in the same line.
            if row := line[statement.end() :]:
                self._count(row)
        elif found := _DATABASE.match(line):
            self._database = found[1].decode()
        elif found := _TABLE.match(line):
            self._table = f"{self._database}.{found[1].decode()}"
            self._rows[self._table] = 0
            self._digests[self._table] = hashlib.sha256()
            self._on_table(self._table)

    def _count(self, row: bytes) -> None:
        self._rows[self._table] += 1
        self._digests[self._table].update(row[:-2])
        self._in_rows = not row.endswith(b";\n")

    def tables(self) -> dict[str, TableDigest]:
        """Every table by `database.table`, once the dump is through."""
        return {
            name: TableDigest(rows=rows, sha256=self._digests[name].hexdigest()) for name, rows in self._rows.items()
        }


def dump_command(places: Places) -> list[str]:
    """The command that dumps both databases. Raises NotInstalledError.

    It goes through the socket, which knows by itself who asks: there is no password to hand over.
    """
    return [
        str(find_program("mariadb-dump")),
        "--no-defaults",
        f"--socket={places.mysql_socket}",
        f"--user={administrator()}",
        *_OPTIONS,
        "--databases",
        REPORTS_DATABASE,
        SUPERSET_DATABASE,
    ]


@contextmanager
def dumping(places: Places) -> Iterator[Iterator[bytes]]:
    """The dump's lines; when the first one is there, the moment that all of them tell of has come.

    Raises DumpError when the program fails, at the latest at the end.
    """
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            dump_command(places), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        try:
            if process.stdout is None:
                raise DumpError("The dump of MySQL has no output: run `groundup backup` again.")
            yield _begun(process.stdout)
            process.stdout.close()
            if process.wait():
                _fail(complaints)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


def _begun(output: IO[bytes]) -> Iterator[bytes]:
    """The lines, from when the program has begun its transaction: it names no database before."""
    head = []
    for line in output:
        head.append(line)
        if line.startswith(b"USE `"):
            break
    return itertools.chain(head, output)


def _fail(complaints: IO[bytes]) -> None:
    complaints.seek(0)
    said = complaints.read().decode(errors="replace").strip().splitlines()
    reason = said[-1] if said else "it gave no reason"
    if _CHANGED.search(reason):
        raise TablesChangedError(
            "A load changed MySQL's tables while they were being read: run `groundup backup` again when it is over."
        )
    raise DumpError(f"MySQL could not be dumped ({reason}): see that it runs by `groundup up mysql`, then try again.")
