"""Bytes of values, by the worked figures of BigQuery's documentation ("Data type sizes", "Query size calculation")."""

import json
from pathlib import Path

import pytest

from loaders.cost.layout import Layout, layout_of, leaf_bytes, value_bytes
from loaders.cost.measure import measure
from loaders.exports import Field, export_schema
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import PROJECT
from tests.definitions import catalog
from tests.pipeline import Pipeline

# Google's public samples, beside the clone where there are any.
SAMPLES = PROJECT.parent / "shared" / "data" / "ga4"


@pytest.mark.parametrize(
    ("kind", "value", "size"),
    [
        ("INT64", 1, 8),
        ("FLOAT64", 0.5, 8),
        ("DATE", "2026-01-01", 8),
        ("TIMESTAMP", 0, 8),
        ("BOOL", True, 1),
        ("NUMERIC", 1, 16),
        ("STRING", "", 2),
        ("STRING", "abc", 5),
        ("STRING", "Türkiye", 10),
        ("STRING", "사진", 8),
        ("STRING", "📷", 6),
        ("INT64", None, 0),
        ("STRING", None, 0),
    ],
)
def test_bytes_of_a_value(kind, value, size):
    assert value_bytes(kind, value) == size


def test_a_struct_is_the_sum_of_its_fields_and_a_list_that_of_its_elements():
    """Of the documentation: a record with an INT64 and a BOOL is 9 bytes, and repeated twice it is 18."""
    fields = (Field("f", "RECORD", "REPEATED", (Field("n", "INT64", "NULLABLE"), Field("b", "BOOL", "NULLABLE"))),)
    assert leaf_bytes(fields, {"f": [{"n": 1, "b": True}, {"n": 2, "b": False}]}) == {"f.n": 16, "f.b": 2}
    assert leaf_bytes(fields, {"f": []}) == leaf_bytes(fields, {"f": None}) == {}


def test_a_table_of_ours_has_the_leaves_that_it_declares():
    layout = layout_of(catalog().tables["events_flat"])
    assert {"date", "user_key", "params.key", "params.value", "events"} < layout.leaves
    assert layout.partition == "date"


def test_every_event_of_a_public_export_weighs_the_same_by_duckdb_and_by_python():
    sample = SAMPLES / "floodit_union.ndjson"
    if not sample.exists():
        pytest.skip("Google's public sample is not beside this clone")
    rows = [json.loads(line) for line in sample.read_text().splitlines()]
    by_hand: dict[str, int] = {}
    for row in rows:
        for leaf, size in leaf_bytes(export_schema("ga4"), row).items():
            by_hand[leaf] = by_hand.get(leaf, 0) + size
    with Pipeline() as pipeline:
        clean = [{key: value for key, value in row.items() if key != "_table_suffix"} for row in rows]
        pipeline.ingest_rows("app", {"a.ndjson": clean})
        found = measure(pipeline.warehouse.connection, 'exports."app"', Layout(export_schema("ga4")))
    assert {leaf: size for leaf, size in found[None].items() if size} == by_hand


def test_bytes_are_measured_partition_by_partition():
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        warehouse.connection.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES (DATE '2026-01-01', 'é', [{'k': 'ab'}]), "
            "(DATE '2026-01-01', NULL, NULL), (DATE '2026-01-02', '', [{'k': NULL}, {'k': ''}])) AS v(day, name, list)"
        )
        layout = Layout(
            (
                Field("day", "DATE", "NULLABLE"),
                Field("name", "STRING", "NULLABLE"),
                Field("list", "RECORD", "REPEATED", (Field("k", "STRING", "NULLABLE"),)),
            ),
            "day",
        )
        found = measure(warehouse.connection, "t", layout, "day")
    assert {str(day): leaves for day, leaves in found.items()} == {
        "2026-01-01": {"day": 16, "name": 4, "list.k": 4},
        "2026-01-02": {"day": 8, "name": 2, "list.k": 2},
    }
