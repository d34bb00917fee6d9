"""A dump is written into a server of its own, by an account that may do nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup.dump import Tally, dumping
from backup.errors import BrokenBackupError, DumpError
from backup.load import load_dump
from backup.manifest import TableDigest
from stack.places import Places, prepare
from tests.stack.conftest import environment_in

HEAD = "CREATE DATABASE IF NOT EXISTS `reports`;\nCREATE DATABASE IF NOT EXISTS `superset`;\nUSE `reports`;\n"
TABLE = (
    "CREATE TABLE `days` (`day` INT PRIMARY KEY, `text` TEXT) DEFAULT CHARSET=utf8mb4;\n"
    "INSERT INTO `days` VALUES\n(1,'☃'),\n(2,NULL);\n"
)
TABLES = {"reports.days": TableDigest(rows=2, sha256=hashlib.sha256("(1,'☃')(2,NULL)".encode()).hexdigest())}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "home")
    prepare(made)
    return made


def load(places: Places, dump: str, tables: dict[str, TableDigest]) -> list[str]:
    steps: list[str] = []
    chunks: Iterator[bytes] = iter([dump.encode()])
    load_dump(environment_in(places.home), places, chunks, tables, Path("backup.zip"), steps.append, lambda _: None)
    return steps


def test_tables_are_written_and_compared(places: Places) -> None:
    assert load(places, HEAD + TABLE, TABLES)[-1] == "Comparing MySQL's tables"
    assert (places.mysql_data / "reports/days.ibd").exists()


def test_rows_that_are_not_those_of_the_manifest_are_found(places: Places) -> None:
    said = {"reports.days": TableDigest(rows=3, sha256="0" * 64)}
    with pytest.raises(BrokenBackupError, match=r"reports.days has 2 rows after it was written, and 3 in the manifest"):
        load(places, HEAD + TABLE, said)


@pytest.mark.parametrize(
    "evil",
    [
        "CREATE USER 'evil'@'%';",
        "INSERT INTO mysql.global_priv VALUES ('%', 'evil', '{}');",
        "SELECT 'evil' INTO OUTFILE '{folder}/evil';",
        "CREATE TABLE stolen (line TEXT); LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE stolen;",
        "CREATE TABLE stolen (line TEXT); LOAD DATA INFILE '/etc/passwd' INTO TABLE stolen;",
        "\\! touch {folder}/evil",
        "system touch {folder}/evil",
        "SET GLOBAL general_log_file = '{folder}/evil';",
        "CREATE DATABASE another;",
    ],
)
def test_a_dump_from_strange_hands_reaches_nothing_else(places: Places, tmp_path: Path, evil: str) -> None:
    with pytest.raises(DumpError, match=r"MySQL refuses the tables of backup.zip \(.+\); nothing was changed"):
        load(places, f"{HEAD}{TABLE}{evil.replace('{folder}', str(tmp_path))}\n", TABLES)
    assert not (tmp_path / "evil").exists()


def test_a_server_that_does_not_run_is_one_sentence(places: Places) -> None:
    with (
        pytest.raises(DumpError, match=r"MySQL could not be dumped \(.+\): see that it runs"),
        dumping(places) as lines,
    ):
        list(Tally().watch(lines))
