"""Where the stack's files lie, below the state folder."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from settings.environment import Environment
from stack.errors import PlaceError

# A socket's address holds 107 bytes, and supervisor binds `<path>.<pid>` before it renames.
_LONGEST_SOCKET = 107 - len(".4194304")
_SOCKET_NAMES = ("supervisor.sock", "mysql.sock")


@dataclass(frozen=True)
class Places:
    """The files of one state folder."""

    home: Path

    @property
    def logs(self) -> Path:
        """The folder of the log files, one a service."""
        return self.home / "log"

    def log(self, service: str) -> Path:
        """A service's log file."""
        return self.logs / f"{service}.log"

    @property
    def supervisor(self) -> Path:
        """The process manager's folder."""
        return self.home / "supervisor"

    @property
    def supervisor_config(self) -> Path:
        """What supervisord reads at its start."""
        return self.supervisor / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        """Where supervisord writes its process id."""
        return self.supervisor / "supervisord.pid"

    @property
    def supervisor_socket(self) -> Path:
        """Where supervisord answers XML-RPC."""
        return self.sockets / "supervisor.sock"

    @property
    def launched(self) -> Path:
        """Which services were asked for, and with which settings."""
        return self.supervisor / "launched.json"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops the stack."""
        return self.supervisor / "lock"

    @property
    def mysql(self) -> Path:
        """The folder of the MySQL server."""
        return self.home / "mysql"

    @property
    def mysql_data(self) -> Path:
        """The data folder of the MySQL server."""
        return self.mysql / "data"

    @property
    def mysql_scratch(self) -> Path:
        """Where the MySQL server keeps what does not fit into memory; each server empties its own at its start."""
        return self.mysql / "tmp"

    @property
    def mysql_socket(self) -> Path:
        """Where the MySQL server answers its administrator."""
        return self.sockets / "mysql.sock"

    @property
    def redis(self) -> Path:
        """The folder of the Redis server: its settings and its snapshot."""
        return self.home / "redis"

    @property
    def redis_config(self) -> Path:
        """The settings of the Redis server; they hold its password."""
        return self.redis / "redis.conf"

    @property
    def airflow(self) -> Path:
        """Airflow's own home: its settings, its metadata and the logs of its tasks."""
        return self.home / "airflow"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix sockets: in the state folder, or a short one when that is too deep for an address."""
        folder = self.home / "run"
        longest = max(len(os.fsencode(folder / name)) for name in _SOCKET_NAMES)
        if longest <= _LONGEST_SOCKET:
            return folder
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"groundup-{os.geteuid()}-{digest}"  # noqa: S108  (private: see `prepare`)


def places_of(environment: Environment) -> Places:
    """The files of the state folder in force."""
    return Places(environment.home.absolute())


def prepare(places: Places) -> None:
    """Make the folders, readable by this account alone.

    Raises PlaceError when one cannot be made, belongs to another account, or has a name that supervisor or MySQL cannot
    read.
    """
    if re.search(r"[\n\r%:]|\s[;#]", str(places.home)):
        raise PlaceError(
            f"The state folder {str(places.home)!r} has a line break, '%', ':', ' ;' or ' #' in its name: "
            "set GROUNDUP_HOME to another folder."
        )
    for folder in (
        places.home,
        places.logs,
        places.supervisor,
        places.mysql,
        places.mysql_scratch,
        places.redis,
        places.airflow,
        places.sockets,
    ):
        _make_private(folder)


def _make_private(folder: Path) -> None:
    remedy = "run as its owner, or set GROUNDUP_HOME to another folder"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
        # In /tmp anyone may have made the folder before us, or put a link there.
        if stat.S_ISLNK(found.st_mode) and folder.parent == Path("/tmp"):  # noqa: S108
            raise PlaceError(f"{folder} is a link that somebody made: remove it.")
        found = folder.stat()
        if found.st_uid != os.geteuid():
            raise PlaceError(f"{folder} belongs to another account: {remedy}.")
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise PlaceError(f"The folder {folder} cannot be made or used ({error.strerror}): {remedy}.") from error
