"""A report that MySQL could not hold is refused when it is declared; one at the very limit works."""

import shutil

import pymysql
import pytest
import yaml

from loaders.catalog import LOADERS, load_catalog
from loaders.errors import DeclarationError
from loaders.metrics import load_metrics
from loaders.store.connection import connected
from loaders.store.tables import create_statement
from settings.environment import PROJECT

METRICS = load_metrics(PROJECT / "metrics.yaml")
DATE = {"name": "date", "type": "DATE", "description": "The day."}


def text(name, length, **more):
    return {"name": name, "type": "STRING", "length": length, "description": f"{name}.", **more}


def other(name, kind):
    return {"name": name, "type": kind, "description": f"{name}."}


@pytest.fixture
def declare(tmp_path):
    """A catalog with one report of these columns; all of them are the key unless it is given."""

    def declare(columns, key=None, indexes=(), description="Anything."):
        folder = tmp_path / "reports" / "anything"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        declared = {
            "description": description,
            "owner": "data-team",
            "partition": "date",
            "key": list(key or [column["name"] for column in columns]),
            "indexes": [list(index) for index in indexes],
            "columns": columns,
            "reads": {"export": {"window": 1}},
        }
        (folder / "report.yaml").write_text(yaml.safe_dump(declared))
        return load_catalog(METRICS, tmp_path).tables["anything"]

    return declare


# Each is as large as it can be.
AT_THE_LIMIT = {
    "key of 3,071 bytes": {"columns": [DATE, text("a", 767)]},
    "key of 3,072 bytes": {"columns": [DATE, other("b", "BOOL"), text("a", 767)]},
    "key of numbers and texts": {
        "columns": [
            DATE,
            other("n", "INT64"),
            other("f", "FLOAT64"),
            other("t", "TIMESTAMP"),
            text("a", 381),
            text("b", 380),
        ]
    },
    "index": {"columns": [DATE, text("a", 700), text("b", 768)], "key": ["date", "a"], "indexes": [["b"]]},
    "index of a nullable": {"columns": [DATE, text("b", 768, nullable=True)], "key": ["date"], "indexes": [["b"]]},
    "16 columns": {"columns": [DATE, *(other(f"n{n}", "INT64") for n in range(15))]},
    "row": {"columns": [DATE, text("a", 16_382)], "key": ["date"]},
    "row of many": {"columns": [DATE, *(text(f"t{n}", 1488, nullable=True) for n in range(11))], "key": ["date"]},
    "comment": {"columns": [{**DATE, "description": "ж" * 1024}], "description": "ж" * 1024},
    "name": {"columns": [DATE, text("x" * 64, 10)]},
}


@pytest.mark.parametrize("declared", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
def test_what_is_accepted_is_what_mysql_takes(declare, store, declared):
    table = declare(**declared)
    with connected(store.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS anything")
        cursor.execute(create_statement(table, "anything"))
        cursor.execute("DROP TABLE anything")


BEYOND = {
    "key": (
        {"columns": [DATE, text("a", 768)]},
        r"the key \(date, a\) may have 3,075 bytes, in MySQL at most 3,072, where each character counts as 4; "
        r"lower the `length` of a\.",
    ),
    "key by one byte": (
        {"columns": [DATE, other("b", "BOOL"), other("c", "BOOL"), text("a", 767)]},
        r"the key \(date, b, c, a\) may have 3,073 bytes",
    ),
    "index": (
        {"columns": [DATE, text("a", 300), text("b", 769)], "key": ["date", "a"], "indexes": [["a"], ["b"]]},
        r"the index \(b\) may have 3,076 bytes.*`length` of b\.",
    ),
    "columns of a key": (
        {"columns": [DATE, *(other(f"n{n}", "INT64") for n in range(16))]},
        "has 17 columns, in MySQL at most 16",
    ),
    "row": (
        {"columns": [DATE, text("a", 16_383)], "key": ["date"]},
        "a row may have 65,538 bytes, in MySQL at most 65,535; lower a `length`",
    ),
    "comment of a column": (
        {"columns": [{**DATE, "description": "x" * 1025}]},
        "the description of date has 1,025 characters, in MySQL at most 1,024",
    ),
    "comment of the table": ({"columns": [DATE], "description": "x" * 1025}, "the description of the table has 1,025"),
    "name": ({"columns": [DATE, text("x" * 65, 10)]}, "x{65} is longer than the 64 characters of a name"),
    "name of an index": (
        {"columns": [DATE, text("a" * 40, 10), text("b" * 40, 10)], "indexes": [["a" * 40, "b" * 40]]},
        "a_b+ is longer than the 64 characters",
    ),
}


@pytest.mark.parametrize(("declared", "complaint"), BEYOND.values(), ids=BEYOND)
def test_what_mysql_cannot_hold_is_refused_by_file_and_name(declare, declared, complaint):
    with pytest.raises(DeclarationError, match=rf"anything/report\.yaml: .*{complaint}"):
        declare(**declared)


# An index that is too long MariaDB would shorten, with a note; MySQL 8 refuses it.
@pytest.mark.parametrize("beyond", ["key", "key by one byte", "row", "comment of a column", "name"])
def test_what_is_refused_is_what_mysql_refuses(declare, monkeypatch, store, beyond):
    monkeypatch.setattr("loaders.catalog.beyond_mysql", lambda *_: None)
    declared = BEYOND[beyond][0]
    table = declare(**declared)
    with connected(store.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS anything")
        with pytest.raises(pymysql.MySQLError):
            cursor.execute(create_statement(table, "anything"))


def test_the_shipped_reports_fit():
    assert load_catalog(METRICS, LOADERS).reports
