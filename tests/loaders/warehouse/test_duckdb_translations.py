"""A translation is made once, and anew whenever anything may change it."""

from pathlib import Path

import pytest

from loaders.warehouse import duckdb_translations
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.duckdb_sql import translate
from loaders.warehouse.duckdb_translations import kept_translation

QUERY = "SELECT DATE_ADD(@start_date, INTERVAL 1 DAY) AS day FROM `export.events_*`"


@pytest.fixture
def connection():
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        yield warehouse.connection


def kept(connection) -> int:
    return connection.execute("SELECT count(*) FROM groundup.translations").fetchone()[0]


def test_the_kept_one_is_what_the_translator_makes(connection):
    for _ in range(2):
        assert kept_translation(connection, QUERY, "app", {}) == translate(QUERY, "app", {})
    assert kept(connection) == 1


def test_the_same_query_can_be_read_again_at_once():
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        assert [warehouse.read("SELECT 1 AS one").to_pylist() for _ in range(3)] == [[{"one": 1}]] * 3


def test_another_text_source_or_type_is_another_translation(connection):
    made = {
        kept_translation(connection, QUERY, "app", {}).sql,
        kept_translation(connection, QUERY, "web", {}).sql,
        kept_translation(connection, QUERY, "app", {"start_date": "DATE"}).sql,
        kept_translation(connection, QUERY.replace("1 DAY", "2 DAY"), "app", {}).sql,
    }
    assert len(made) == kept(connection) == 4


def test_another_translator_forgets_what_the_one_before_made(connection, monkeypatch):
    kept_translation(connection, QUERY, "app", {})
    kept_translation(connection, QUERY, "web", {})
    connection.execute("UPDATE groundup.translations SET sql = 'SELECT wrong'")
    monkeypatch.setattr(duckdb_translations, "_translator_version", lambda: "the next one")
    assert kept_translation(connection, QUERY, "app", {}) == translate(QUERY, "app", {})
    assert kept(connection) == 1
