"""Whatever a report holds comes back from MySQL as it was, cell by cell, or the slice is refused and the old one stays.

The way is the real one: a table of the embedded warehouse, its rows as Arrow, LOAD DATA, MariaDB, and back by the
account that charts read with.
"""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from loaders.columns import Column
from loaders.errors import StoreError
from loaders.store.query import ask
from loaders.store.slices import Slice, write_slice
from loaders.store.tables import create_statement
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.hostile import DATES, FLOATS, INTEGERS, MOMENTS, TEXTS, texts

from .tables_for_tests import report

DAY = dt.date(2026, 1, 31)
LENGTH, KEY_LENGTH = 255, 40


def column(name: str, kind: Any, **more: Any) -> Column:
    return Column(name=name, type=kind, description=f"{name}.", **more)


COLUMNS = (
    column("date", "DATE"),
    column("kind", "STRING", length=KEY_LENGTH),
    column("text", "STRING"),
    column("number", "INT64"),
    column("share", "FLOAT64"),
    column("flag", "BOOL"),
    column("day", "DATE"),
    column("moment", "TIMESTAMP"),
    column("text_or_null", "STRING", nullable=True),
    column("number_or_null", "INT64", nullable=True),
    column("share_or_null", "FLOAT64", nullable=True),
    column("flag_or_null", "BOOL", nullable=True),
    column("day_or_null", "DATE", nullable=True),
    column("moment_or_null", "TIMESTAMP", nullable=True),
)
ANYTHING = report(*COLUMNS, name="anything")
ARROW = {
    "DATE": pa.date32(),
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}
SCHEMA = pa.schema([(c.name, ARROW[c.type]) for c in COLUMNS])
VALUES = {
    "STRING": texts(LENGTH),
    "INT64": INTEGERS,
    "FLOAT64": FLOATS,
    "BOOL": st.booleans(),
    "DATE": DATES,
    "TIMESTAMP": MOMENTS,
}
KEYS = texts(KEY_LENGTH).map(lambda text: text.rstrip(" "))
ROWS = st.fixed_dictionaries(
    {c.name: VALUES[c.type] | st.none() if c.nullable else VALUES[c.type] for c in COLUMNS[2:]} | {"kind": KEYS}
).map(lambda row: {"date": DAY, **row})
HONEST = st.lists(ROWS, max_size=12, unique_by=lambda row: row["kind"])
OLD = {"date": DAY, "kind": "old", "text": "", "number": 1, "share": 1.0, "flag": True, "day": DAY} | {
    "moment": dt.datetime(2026, 1, 31)
}
# Column → what it may not hold.
FAULTS: dict[str, list[Any]] = {
    "kind": [None, "a ", " ", "é  ", "x" * (KEY_LENGTH + 1), "🌈" * (KEY_LENGTH + 1)],
    "text": [None, "x" * (LENGTH + 1), "\u0301" * 300],
    "text_or_null": ["ж" * (LENGTH + 1)],
    "number": [None],
    "share": [None, math.nan, math.inf, -math.inf],
    "share_or_null": [math.nan, math.inf],
    "flag": [None],
    "day": [None],
    "moment": [None],
}


def examples(number: int) -> settings:
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(deadline=None, max_examples=number, suppress_health_check=slow)


class Way:
    """The way of a report's rows, with a table in the warehouse and one in MySQL."""

    def __init__(self, connection, environment):
        self.connection, self.environment = connection, environment
        self.warehouse = DuckDBWarehouse(Path(":memory:"))
        self.warehouse._ensure(ANYTHING)
        with connection.cursor() as cursor:
            cursor.execute(create_statement(ANYTHING, "anything"))

    def start(self):
        if self.read() != by_key([OLD]):
            self.send([OLD])

    def send(self, rows):
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        duckdb = self.warehouse.connection
        duckdb.execute("DELETE FROM anything")
        duckdb.register("rows_to_send", table)
        duckdb.execute("INSERT INTO anything SELECT * FROM rows_to_send")
        self.mirror()

    def mirror(self):
        self.connection.begin()
        part = Slice(ANYTHING, "anything", DAY, DAY, {DAY: "version"})
        try:
            with self.warehouse.rows(ANYTHING, DAY, DAY) as rows:
                write_slice(self.connection, part, rows, "run")
        except StoreError:
            self.connection.rollback()
            raise
        self.connection.commit()

    def read(self):
        answer = ask(self.environment, "SELECT * FROM anything")
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        for row in rows:
            # MySQL's BOOLEAN is a TINYINT.
            for name in ("flag", "flag_or_null"):
                assert row[name] in (0, 1, None)
                row[name] = None if row[name] is None else bool(row[name])
        return {row["kind"]: row for row in rows}


@pytest.fixture
def way(connection, store):
    way = Way(connection, store.environment)
    yield way
    way.warehouse.close()


def by_key(rows):
    return {row["kind"]: {c.name: row.get(c.name) for c in COLUMNS} for row in rows}


def held_exactly(found, sent):
    """Equal and of the same type; a float keeps all its bits but the sign of a zero, which MySQL does not have."""
    return found == sent and all(
        type(found[kind][name]) is type(value) for kind, row in sent.items() for name, value in row.items()
    )


@given(rows=HONEST)
@examples(60)
def test_every_cell_comes_back_as_it_was(way, rows):
    way.send(rows)
    assert held_exactly(way.read(), by_key(rows))


@given(rows=HONEST, data=st.data())
@examples(40)
def test_a_value_that_does_not_fit_is_named_and_the_old_rows_stay(way, rows, data):
    assume(rows)
    name = data.draw(st.sampled_from(sorted(FAULTS)))
    value = data.draw(st.sampled_from(FAULTS[name]))
    row = data.draw(st.sampled_from(rows))
    row[name] = value
    way.start()
    with pytest.raises(StoreError) as caught:
        way.send(rows)
    assert str(caught.value).startswith(f"anything, 2026-01-31: {name} is ")
    assert str(caught.value).endswith("The old rows were kept.")
    assert held_exactly(way.read(), by_key([OLD]))


@given(rows=HONEST, data=st.data())
@examples(15)
def test_a_key_that_comes_twice_is_refused_and_the_old_rows_stay(way, rows, data):
    assume(rows)
    way.start()
    again = {**data.draw(ROWS), "kind": data.draw(st.sampled_from(rows))["kind"]}
    with pytest.raises(StoreError, match=r"^anything, 2026-01-31 to 2026-01-31: the key \(date, kind\) comes twice"):
        way.send([*rows, again])
    assert held_exactly(way.read(), by_key([OLD]))


def test_keys_that_a_collation_folds_stay_apart(way):
    kinds = ["a", "A", "á", "a\u0301", "à", "ß", "ss", "SS", "ẞ", "i", "İ", "ı", "ﬁ", "fi", "\0", "a\0", "a\t", "a\x1f"]
    kinds += [" a", "ａ", "a\u00a0", "a\u200d", "\u200fa", "한", "\u1112\u1161\u11ab", "\uffff", "🌈", "🌈\ufe0f", ""]
    way.send([{**OLD, "kind": kind} for kind in kinds])
    assert sorted(way.read()) == sorted(kinds)
    for kind in kinds:
        with way.connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM anything WHERE kind = %s", (kind,))
            assert cursor.fetchone() == (1,), ascii(kind)


def test_a_key_with_a_space_at_its_end_is_refused_even_when_nothing_like_it_is_there(way):
    """Of another day's `a`, MySQL could not tell it in GROUP BY and WHERE: its collations pad with spaces."""
    way.start()
    with pytest.raises(StoreError, match=r"kind is 'a ', and MySQL takes a key that ends with a space .* use RTRIM"):
        way.send([{**OLD, "kind": "a "}])
    assert held_exactly(way.read(), by_key([OLD]))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("day", "DATE '10000-01-01'", "10000-01-01"),
        ("day", "DATE '0044-03-15 (BC)'", "-0043-03-15"),
        ("day", "'infinity'::DATE", "out of range"),
        ("moment", "TIMESTAMP '10000-01-01 00:00:00'", "10000-01-01"),
        ("moment", "'-infinity'::TIMESTAMP", "out of range"),
        ("moment_or_null", "TIMESTAMP '0001-01-01 00:00:00' - INTERVAL 1 MICROSECOND", "0000-12-31 23:59:59.999999"),
    ],
)
def test_days_that_only_duckdb_has_are_refused(way, name, value, shown):
    way.start()
    way.warehouse.connection.execute(f"UPDATE anything SET {name} = {value}")
    with pytest.raises(StoreError, match=rf"^anything, 2026-01-31: {name} is '.*{shown}.*the years 1 to 9999"):
        way.mirror()
    assert held_exactly(way.read(), by_key([OLD]))


def test_a_message_shows_the_first_offender_shortened_and_escaped(way):
    way.start()
    with pytest.raises(StoreError) as caught:
        way.send([{**OLD, "text": "fits"}, {**OLD, "kind": "b", "text": "\u202e\0\n" + "🌈" * 397}])
    shown = "'\\u202e\\x00\\n" + "🌈" * (60 - len("'\\u202e\\x00\\n")) + "…"
    assert str(caught.value) == (
        f"anything, 2026-01-31: text is {shown}, longer than the 255 characters that report.yaml gives it, and the "
        "longest text here has 400; raise `length` there, or cut it by SUBSTR in query.sql. The old rows were kept."
    )


def test_texts_are_found_again_by_what_they_are(way):
    kinds = sorted({text.rstrip(" ") for text in TEXTS})
    way.send([{**OLD, "kind": kind, "text": kind} for kind in kinds])
    with way.connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute("SELECT text FROM anything WHERE kind = %s GROUP BY text", (kind,))
            assert cursor.fetchall() == ((kind,),), ascii(kind)
