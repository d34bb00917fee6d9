"""An export's rows are kept as narrow as they came, and read as wide as their schema."""

from pathlib import Path

import duckdb
import pytest

from loaders.errors import WarehouseError
from loaders.exports import export_schema
from loaders.ingest import ingest, remove_source
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from loaders.warehouse.duckdb_file import FORMAT

APP = name_source("app", Source(schema="ga4"), "test")


@pytest.fixture
def warehouse(tmp_path):
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield warehouse


def deliver(warehouse: DuckDBWarehouse, folder: Path, day: int, columns: str) -> None:
    path = folder / f"{day}.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT '202606{day:02}' AS event_date, 'open' AS event_name, 1::BIGINT AS event_timestamp, "
        f"'u' AS user_pseudo_id, {columns}) TO '{path}'"
    )
    ingest(warehouse, [path], APP)


def columns_of(warehouse: DuckDBWarehouse, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in warehouse.connection.execute(f"DESCRIBE {table}").fetchall()}


def read(warehouse: DuckDBWarehouse, columns: str) -> list[tuple[object, ...]]:
    return warehouse.connection.execute(f"SELECT {columns} FROM exports.app ORDER BY event_date").fetchall()


def test_a_field_that_no_file_has_takes_no_room_and_reads_as_null(warehouse, tmp_path):
    deliver(warehouse, tmp_path, 1, "{'country': 'Peru'} AS geo")
    assert columns_of(warehouse, "delivered.app")["geo"] == "STRUCT(country VARCHAR)"
    assert "device" not in columns_of(warehouse, "delivered.app")
    wide = columns_of(warehouse, "exports.app")
    assert [name for name in wide if not name.startswith("_")] == [field.name for field in export_schema("ga4")]
    assert read(warehouse, "geo.country, geo.city, device.web_info.browser") == [("Peru", None, None)]


def test_a_later_file_may_bring_other_fields_at_any_depth(warehouse, tmp_path):
    deliver(
        warehouse, tmp_path, 1, "[{'key': 'a', 'value': {'int_value': 7}}] AS event_params, {'country': 'Peru'} AS geo"
    )
    deliver(warehouse, tmp_path, 2, "[{'key': 'b', 'value': {'string_value': 'x'}}] AS event_params, 'IOS' AS platform")
    seen = read(warehouse, "event_params[1].value.int_value, event_params[1].value.string_value, geo.country, platform")
    assert seen == [(7, None, "Peru", None), (None, "x", None, "IOS")]


def test_a_field_of_another_type_becomes_the_schemas(warehouse, tmp_path):
    deliver(warehouse, tmp_path, 1, "{'id': 17, 'version': 1.5} AS app_info")
    assert read(warehouse, "app_info.id, app_info.version") == [("17", "1.5")]


def test_an_inner_field_that_the_schema_does_not_know_is_left_out(warehouse, tmp_path):
    deliver(warehouse, tmp_path, 1, "{'planet': 'Earth', 'country': 'Peru'} AS geo")
    assert columns_of(warehouse, "delivered.app")["geo"] == "STRUCT(country VARCHAR)"


def test_removing_a_source_leaves_neither_rows_nor_view(warehouse, tmp_path):
    deliver(warehouse, tmp_path, 1, "'IOS' AS platform")
    remove_source(warehouse, "app")
    names = "SELECT table_name FROM information_schema.tables WHERE table_schema IN ('delivered', 'exports')"
    assert warehouse.connection.execute(names).fetchall() == []


def test_a_warehouse_of_the_format_before_is_taken_over(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with DuckDBWarehouse(path) as warehouse:
        deliver(warehouse, tmp_path, 1, "{'country': 'Peru'} AS geo")
        wide = ", ".join(["_TABLE_SUFFIX", "_delivered", "_version", *(f.name for f in export_schema("ga4"))])
        warehouse.connection.execute(f"CREATE TABLE old AS SELECT {wide} FROM exports.app")
        warehouse.connection.execute("DROP VIEW exports.app; DROP TABLE delivered.app")
        warehouse.connection.execute("CREATE TABLE exports.app AS FROM old; DROP TABLE old")
        warehouse.connection.execute("UPDATE groundup.format SET version = 1")
    with DuckDBWarehouse(path) as warehouse:
        assert read(warehouse, "geo.country") == [("Peru",)]
        deliver(warehouse, tmp_path, 2, "{'country': 'Chile'} AS geo")
        assert read(warehouse, "geo.country") == [("Peru",), ("Chile",)]
        assert warehouse.connection.execute("FROM groundup.format").fetchall() == [(FORMAT,)]


def test_a_warehouse_of_a_format_to_come_is_refused(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with DuckDBWarehouse(path) as warehouse:
        warehouse.connection.execute("UPDATE groundup.format SET version = ?", [FORMAT + 1])
    with pytest.raises(WarehouseError, match="written by a newer version of this project"):
        DuckDBWarehouse(path)
