"""Which leaves a statement refers to, and by what it picks partitions; Google's own analyser is asked as well."""

import pytest
from zetasql.api import Analyzer
from zetasql.types import ResolvedTableScan

from loaders.cost.layout import Layout, export_layout, layout_of
from loaders.cost.scans import read_by
from loaders.errors import WarehouseError
from loaders.exports import Field, export_schema
from tests.analyser.statements import (
    EXPORT_NAMES,
    analyser_options,
    input_table,
    parameters,
    simple_catalog,
)
from tests.definitions import DAYS_COLUMNS, catalog

CATALOG = catalog()
LAYOUTS = {name: layout_of(table) for name, table in CATALOG.tables.items()} | {
    EXPORT_NAMES[schema]: export_layout(export_schema(schema)) for schema in EXPORT_NAMES
}
LAYOUTS["days"] = Layout(tuple(Field(name, kind, "NULLABLE") for name, kind in DAYS_COLUMNS.items()))
STATEMENTS = [
    (table, schema)
    for table in CATALOG.tables.values()
    for schema in (tuple(EXPORT_NAMES) if table.per_source else ("ga4",))
]


def leaves(sql):
    found = {}
    for scan in read_by(sql, LAYOUTS).scans:
        found.setdefault(scan.table, set()).update(scan.leaves)
    return found


@pytest.mark.parametrize(
    ("table", "schema"), STATEMENTS, ids=[f"{table.name}-{schema}" for table, schema in STATEMENTS]
)
def test_googles_analyser_finds_the_same_columns(table, schema):
    """It prunes what a statement does not need; of a struct it keeps the whole, so top-level columns are compared."""
    tables = [input_table(name, schema, CATALOG) for name in table.inputs]
    options = analyser_options(parameters(table))
    options.prune_unused_columns = True
    statement = Analyzer(options, simple_catalog(tables)).analyze_statement(table.sql(schema))
    assert columns_of(statement) == {
        name: {leaf.split(".")[0] for leaf in found} for name, found in leaves(table.sql(schema)).items()
    }


def columns_of(statement):
    """Table → the columns of its scans, in an analysed statement."""
    found = {}

    def walk(node):
        if isinstance(node, ResolvedTableScan):
            names = {column.name for column in node.column_list} - {"_TABLE_SUFFIX"}
            found.setdefault(node.table.name, set()).update(names)
        for value in vars(node).values():
            for child in value if isinstance(value, list) else [value]:
                if type(child).__name__.startswith("Resolved"):
                    walk(child)

    walk(statement)
    return found


def test_of_a_nested_export_only_the_fields_that_are_named_count():
    read = leaves(CATALOG.tables["events_flat"].sql("ga4"))["export.events_*"]
    assert read == {
        "app_info.version",
        "event_name",
        "event_params.key",
        "event_params.value.double_value",
        "event_params.value.float_value",
        "event_params.value.int_value",
        "event_params.value.string_value",
        "event_timestamp",
        "geo.country",
        "platform",
        "user_pseudo_id",
    }


def test_a_whole_record_is_all_its_fields():
    assert leaves("SELECT geo FROM `export.events_*`") == {
        "export.events_*": {leaf for leaf in LAYOUTS["export.events_*"].leaves if leaf.startswith("geo.")}
    }
    assert leaves("SELECT * FROM user_days") == {"user_days": LAYOUTS["user_days"].leaves}


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("SELECT COUNT(*) FROM users", set()),
        ("SELECT u.user_key FROM users AS u", {"user_key"}),
        ("SELECT 1 FROM users ORDER BY first_day", {"first_day"}),
        ("WITH users AS (SELECT user_key FROM user_days) SELECT user_key FROM users", None),
        ("SELECT (SELECT MAX(country) FROM users)", {"country"}),
        ("INSERT INTO `growth` (`date`) SELECT first_day FROM users", {"first_day"}),
        ("SELECT user_key FROM users UNION ALL SELECT platform FROM users", {"user_key", "platform"}),
        ("SELECT users.* FROM users", {"user_key", "first_day", "country", "platform"}),
    ],
)
def test_what_is_referred_to_counts(sql, read):
    assert leaves(sql).get("users") == read


def test_only_conditions_on_the_partition_alone_pick_partitions():
    (scan,) = read_by(
        "SELECT 1 FROM user_days WHERE (date > '2026-01-01' AND (date < @d)) AND platform = 'IOS'", LAYOUTS
    ).scans
    assert [each.sql() for each in scan.conditions] == ["date > '2026-01-01'", "date < @d"]
    (scan,) = read_by("SELECT 1 FROM user_days WHERE date > '2026-01-01' OR platform = 'IOS'", LAYOUTS).scans
    assert scan.conditions == []


def test_a_joined_tables_condition_is_its_own():
    sql = "SELECT 1 FROM user_days AS a JOIN growth AS b ON a.date = b.date WHERE a.date = @d"
    first, second = read_by(sql, LAYOUTS).scans
    assert (len(first.conditions), len(second.conditions)) == (1, 0)


@pytest.mark.parametrize(
    ("where", "whole"),
    [("`date` IN (DATE '2026-01-01')", True), ("`date` = DATE '2026-01-01' AND source = 'a'", False)],
)
def test_whole_partitions_are_deleted_by_their_day_alone(where, whole):
    assert read_by(f"DELETE FROM events_flat WHERE {where}", LAYOUTS).deletes_whole_partitions is whole


@pytest.mark.parametrize(
    "sql", ["SELECT 1 FROM strangers", "MERGE INTO a USING b ON FALSE WHEN MATCHED THEN DELETE", "SELECT FROM ("]
)
def test_what_is_not_understood_is_not_guessed(sql):
    with pytest.raises(WarehouseError):
        read_by(sql, LAYOUTS)
