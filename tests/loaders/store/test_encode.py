"""Values survive the way into MySQL and back."""

import datetime as dt

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.catalog import Column
from loaders.store.encode import encode
from loaders.store.slices import Slice, write_slice
from loaders.store.tables import create_statement

from .tables_for_tests import report

DAY = dt.date(2026, 1, 31)
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("date", pa.date32()),
        ("text", pa.string()),
        ("number", pa.int64()),
        ("flag", pa.bool_()),
        ("share", pa.float64()),
        ("at", pa.timestamp("us")),
    ]
)
WIDE = report(
    Column(name="id", type="INT64", description="Row."),
    Column(name="date", type="DATE", description="Day."),
    Column(name="text", type="STRING", description="Text.", nullable=True),
    Column(name="number", type="INT64", description="Number.", nullable=True),
    Column(name="flag", type="BOOL", description="Flag.", nullable=True),
    Column(name="share", type="FLOAT64", description="Share.", nullable=True),
    Column(name="at", type="TIMESTAMP", description="Time.", nullable=True),
    name="wide",
    key=("date", "id"),
)


def test_null_and_escapes_are_what_load_data_expects():
    batch = pa.RecordBatch.from_pydict({"text": ["a\tb\\c\nd", None, ""], "flag": [True, False, None]})
    assert encode(batch) == b"a\\tb\\\\c\\nd\t1\n\\N\t0\n\t\\N\n"


def test_a_slice_of_a_batch_is_only_that_slice():
    batch = pa.RecordBatch.from_pydict({"text": ["first", "second", "third"]})
    assert encode(batch.slice(1, 1)) == b"second\n"


def test_nothing_is_nothing():
    assert encode(pa.RecordBatch.from_pydict({"text": []})) == b""


texts = st.text(st.characters(codec="utf-8"), max_size=255) | st.sampled_from(
    ["\\N", "\\", "\t", "\r\n", "\0", "'", '"', "NULL", "", " ", "a ", "🌈", "\u202eabc", "é", "e\u0301"]
)
rows = st.tuples(
    st.none() | texts,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.booleans(),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31)),
)


@given(st.lists(rows, max_size=20))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_value_comes_back_as_it_was(connection, values):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS wide")
        cursor.execute(create_statement(WIDE, "wide"))
        records = [[number, DAY, *row] for number, row in enumerate(values)]
        batch = pa.RecordBatch.from_pylist([dict(zip(SCHEMA.names, r, strict=True)) for r in records], schema=SCHEMA)
        write_slice(connection, Slice(WIDE, "wide", DAY, DAY, {DAY: "v"}), [batch], "run")
        connection.commit()
        cursor.execute("SELECT * FROM wide ORDER BY id")
        found = [list(row) for row in cursor.fetchall()]
    assert found == records
