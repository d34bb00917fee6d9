"""`groundup ingest` on the worst files: one sentence on stderr, exit status 1, in bounded memory."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from settings.environment import PROJECT
from tests.conftest import GROUNDUP, Stack, new_stack

EVENT = b'{"event_date": "20260301", "event_name": "open"}\n'
# Everything that the process may map, of which it uses a part.
ADDRESS_SPACE = 4_000_000_000


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Stack:
    return new_stack(tmp_path_factory.mktemp("hostile"))


def ingest(home: Stack, path: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["prlimit", f"--as={ADDRESS_SPACE}", GROUNDUP, "ingest", path, "--schema", "ga4"],
        cwd=PROJECT,
        env={**os.environ, **home.variables, "COLUMNS": "80"},
        capture_output=True,
        timeout=300,
        check=False,
    )


def bomb(path: Path) -> None:
    with gzip.open(path, "wb") as file:
        for _ in range(1_024):
            file.write(b"\n" * (1 << 20))


WORST = {
    "a gigabyte of newlines in a megabyte of gzip": ("b.gz", bomb, "b.gz unpacks to over 200 times its size"),
    "a line of 100 MB": (
        "e.x",
        lambda path: path.write_bytes(EVENT + b'{"user_id": "' + b"x" * (100 << 20) + b'"}\n'),
        "e.x, line 2: it has over 16 MB",
    ),
    "a million brackets": ("e.x", lambda path: path.write_bytes(EVENT + b"[" * 1_000_000), "e.x, line 2: not a JSON"),
    "a pipe that nobody writes": ("pipe", os.mkfifo, "pipe is no file but a pipe or a device"),
    "a name that is a pattern": ("e[1]*.x", lambda path: path.write_bytes(EVENT + b"{"), "e[1]*.x, line 2: not a JSON"),
    "a name that no terminal takes": (
        "\udcff\n\x1b[31m.x",
        lambda path: path.write_bytes(EVENT + b"{"),
        r"\udcff\n\x1b[31m.x, line 2: not a JSON",
    ),
    "Parquet without an end": ("e.x", lambda path: path.write_bytes(b"PAR1" + b"\0" * 99), "e.x cannot be read as Par"),
}


@pytest.mark.parametrize(("name", "make", "complaint"), WORST.values(), ids=WORST)
def test_the_worst_files_get_one_sentence(home, tmp_path, name, make, complaint):
    path = tmp_path / name
    make(path)
    result = ingest(home, path)
    said = result.stderr.decode()
    assert result.returncode == 1, said
    assert complaint in said
    assert len(said.splitlines()) == 1
    assert said.startswith("groundup: ")
    assert result.stdout == b""


def test_a_file_of_an_odd_name_is_ingested(home, tmp_path):
    path = tmp_path / "\udcff[1]*.x"
    path.write_bytes(EVENT)
    result = ingest(home, path)
    assert result.returncode == 0, result.stderr
    assert b"1 events of 1 days" in result.stdout
