"""Every case through the product's own translation of its query, in an empty DuckDB."""

from pathlib import Path

import pyarrow as pa
import pytest

from loaders.catalog import DAYS, EXPORT
from loaders.exports import export_schema
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.arrow_types import ARROW_TYPES, export_type
from tests.comparison import differences
from tests.definitions import DAYS_COLUMNS, catalog
from tests.reports.cases import CASES, SOURCE, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def input_schema(name: str, schema: str) -> pa.Schema:
    """The columns of an input, by the project's own declarations."""
    if name == EXPORT:
        return pa.schema([("_TABLE_SUFFIX", pa.string())] + [(f.name, export_type(f)) for f in export_schema(schema)])
    if name == DAYS:
        return pa.schema([(column, ARROW_TYPES[kind]) for column, kind in DAYS_COLUMNS.items()])
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in catalog().tables[name].columns])


def fill(warehouse: DuckDBWarehouse, name: str, case: Case) -> None:
    target = f'exports."{SOURCE}"' if name == EXPORT else f'"{name}"'
    rows = pa.Table.from_pylist(case.input_rows(name), schema=input_schema(name, case.schema))
    warehouse.connection.register("case_rows", rows)
    warehouse.connection.execute(f"CREATE OR REPLACE TABLE {target} AS SELECT * FROM case_rows")
    warehouse.connection.unregister("case_rows")


@every_case
def test_case(case: Case) -> None:
    table = case.table
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        for name in table.inputs:
            fill(warehouse, name, case)
        actual = warehouse.read(table.sql(case.schema), case.parameters(), SOURCE)
    assert set(actual.column_names) == {column.name for column in table.columns}
    lines = differences(case.expected(), actual.to_pylist(), table.key)
    assert not lines, "\n".join([f"{case.folder}:", *lines])


@every_case
def test_a_case_says_what_it_must_and_nothing_that_nobody_reads(case: Case) -> None:
    table = case.table
    assert case.files() == {*table.inputs, "params", "expect"}
    assert set(case.given()) <= {*table.parameters, "start_date", "end_date", "source"}
    for name in table.inputs:
        assert {column for row in case.input_rows(name) for column in row} <= set(input_schema(name, case.schema).names)
    assert all(set(row) == {column.name for column in table.columns} for row in case.expected())


@pytest.mark.parametrize("name", catalog().tables)
def test_every_table_has_cases(name: str) -> None:
    assert name in {case.folder.parent.name for case in CASES}, f"nothing says how {name} counts"


def test_the_calendar_is_typed_as_the_warehouse_has_it() -> None:
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        schema = warehouse.read("SELECT * FROM days").schema
    assert {field.name: field.type for field in schema} == {c: ARROW_TYPES[k] for c, k in DAYS_COLUMNS.items()}
