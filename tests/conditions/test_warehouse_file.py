"""The warehouse's file is of a newer version, broken or something else: it is left as it is, and so are the reports."""

import shutil
from collections.abc import Callable

import duckdb
import pytest

from loaders.warehouse.duckdb_file import FORMAT
from tests.conditions import sentences
from tests.conditions.conftest import fails, tables


def checksum(block: bytes) -> bytes:
    """DuckDB's own, over the words of a block."""
    result = 5381
    for start in range(0, len(block), 8):
        result ^= int.from_bytes(block[start : start + 8], "little") * 0xBF58476D1CE4E5B9 % 2**64
    return result.to_bytes(8, "little")


def of_newer_duckdb(content: bytes) -> bytes:
    """A file as a later DuckDB writes it: a storage version that this one does not know, rightly signed."""
    header = content[8:12] + (998).to_bytes(8, "little") + content[20:4096]
    return checksum(header) + header + content[4096:]


def test_the_checksum_is_duckdbs(ways):
    content = (ways.folder / "loaded.duckdb").read_bytes()
    assert checksum(content[8:4096]) == content[:8]


Change = Callable[[bytes], bytes]

CHANGES: dict[str, tuple[Change, str]] = {
    "a storage version of the future": (of_newer_duckdb, sentences.NEWER_DUCKDB),
    "cut in the middle": (lambda content: content[: len(content) // 2], sentences.DAMAGED),
    "cut in the header": (lambda content: content[:1000], sentences.DAMAGED),
    "a header of noise": (lambda content: content[:4096] + bytes(range(256)) + content[4352:], sentences.DAMAGED),
    "blocks of noise": (
        lambda content: content[:12_288] + b"\xa5" * (len(content) - 12_288),
        sentences.DAMAGED,
    ),
    "a text": (lambda _: b"date,dau\n" * 2_000, sentences.FOREIGN),
}


@pytest.mark.parametrize(("change", "sentence"), CHANGES.values(), ids=CHANGES)
def test_a_file_that_cannot_be_used(ways, home, change, sentence):
    path = home.environment.warehouse_file
    broken = change(path.read_bytes())
    path.write_bytes(broken)
    fails(home, "load", "--force", saying=sentence)
    fails(home, "ingest", *ways.new_files, "--source", "demo", "--schema", "ga4", saying=sentence)
    assert path.read_bytes() == broken
    told = home.run("status", check=False)
    assert told.returncode == 1
    assert sentences.is_told(sentence, told.stdout)
    assert tables(home) == ways.before
    # What the sentence says to do.
    path.rename(path.with_suffix(".broken"))
    ways.ingest_all(home)
    home.run("load")
    assert tables(home) == ways.after


def test_a_format_of_the_future(ways, home):
    path = home.environment.warehouse_file
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE groundup.format SET version = 99")
    content = path.read_bytes()
    fails(home, "load", saying=sentences.NEWER_FORMAT)
    fails(home, "ingest", *ways.new_files, "--source", "demo", saying=sentences.NEWER_FORMAT)
    assert path.read_bytes() == content
    assert tables(home) == ways.before
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE groundup.format SET version = ?", [FORMAT])
    home.run("load")
    assert tables(home) == ways.after


def test_a_file_that_was_only_begun_is_begun_again(ways, home):
    path = home.environment.warehouse_file
    shutil.copyfile(path, path.with_suffix(".kept"))
    path.write_bytes(b"")
    fails(home, "load", saying=sentences.NO_DATA)
    assert tables(home) == ways.before
    path.with_suffix(".kept").replace(path)
    home.run("load")
    assert tables(home) == ways.after
