"""A slice is replaced whole or not at all, and nothing is clipped, merged or dropped in silence."""

import datetime as dt

import pyarrow as pa
import pytest

from loaders.columns import Column
from loaders.errors import StoreError
from loaders.store.connection import connected
from loaders.store.slices import Slice, held_versions, write_slice
from loaders.store.tables import create_statement

from .tables_for_tests import report

FRUIT = report()
MAY = [dt.date(2026, 5, day) for day in range(1, 5)]


def batch(*rows: tuple[dt.date, str, int | None]) -> pa.RecordBatch:
    days, kinds, counts = zip(*rows, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(days, pa.date32()), pa.array(kinds, pa.string()), pa.array(counts, pa.int64())],
        ["date", "kind", "eaten"],
    )


@pytest.fixture
def fruit(connection):
    with connection.cursor() as cursor:
        cursor.execute(create_statement(FRUIT, "fruit"))
    return connection


def write(connection, versions, *batches, table=FRUIT):
    connection.begin()
    try:
        sent = write_slice(connection, Slice(table, table.name, min(versions), max(versions), versions), batches, "run")
    except StoreError:
        connection.rollback()
        raise
    connection.commit()
    return sent


def content(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM fruit ORDER BY 1, 2")
        return list(cursor.fetchall())


def test_a_slice_replaces_its_days_and_leaves_the_others(fruit):
    write(fruit, {MAY[0]: "v1", MAY[1]: "v1"}, batch((MAY[0], "fig", 1), (MAY[1], "fig", 2), (MAY[1], "pear", 3)))
    assert write(fruit, {MAY[1]: "v2"}, batch((MAY[1], "fig", 9))) == 1
    assert content(fruit) == [(MAY[0], "fig", 1), (MAY[1], "fig", 9)]
    assert held_versions(fruit, FRUIT) == {MAY[0]: "v1", MAY[1]: "v2"}


def test_a_day_that_became_empty_loses_its_rows(fruit):
    write(fruit, {MAY[0]: "v1"}, batch((MAY[0], "fig", 1)))
    assert write(fruit, {MAY[0]: "v2"}) == 0
    assert content(fruit) == []
    assert held_versions(fruit, FRUIT) == {MAY[0]: "v2"}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([(MAY[0], "fig", 1), (MAY[0], "fig", 2)], r"\(date, kind\) comes twice with '2026-05-01-fig'"),
        ([(MAY[0], "x" * 256, 1)], "kind is 'x.*longer than the 255 characters"),
    ],
    ids=["a key twice", "a text that does not fit"],
)
def test_what_mysql_would_change_is_refused_and_the_old_rows_stay(fruit, rows, complaint):
    write(fruit, {MAY[0]: "v1"}, batch((MAY[0], "pear", 7)))
    with pytest.raises(StoreError, match=rf"^fruit, 2026-05-01.*{complaint}.*old rows were kept"):
        write(fruit, {MAY[0]: "v2"}, batch(*rows))
    assert content(fruit) == [(MAY[0], "pear", 7)]
    assert held_versions(fruit, FRUIT) == {MAY[0]: "v1"}


def test_a_null_where_none_may_be_is_refused(fruit):
    strict = report(
        *(column.model_copy(update={"nullable": False}) for column in FRUIT.columns), name="fruit", key=FRUIT.key
    )
    with fruit.cursor() as cursor:
        cursor.execute("DROP TABLE fruit")
        cursor.execute(create_statement(strict, "fruit"))
    with pytest.raises(StoreError, match="eaten"):
        write(fruit, {MAY[0]: "v1"}, batch((MAY[0], "fig", None)), table=strict)
    assert content(fruit) == []


@pytest.mark.parametrize(
    ("changed", "row", "complaint"),
    [
        ("kind VARCHAR(3) NOT NULL", (MAY[0], "plum", 1), "kind"),
        ("eaten TINYINT", (MAY[0], "fig", 300), "eaten"),
        ("eaten YEAR", (MAY[0], "fig", 300), "eaten"),
        ("kind VARCHAR(255) CHARACTER SET latin1 NOT NULL", (MAY[0], "🌈", 1), "kind"),
    ],
)
def test_a_table_that_somebody_changed_by_hand_is_found_out_by_mysqls_warnings(fruit, changed, row, complaint):
    with fruit.cursor() as cursor:
        cursor.execute(f"ALTER TABLE fruit MODIFY {changed}")
    with pytest.raises(
        StoreError, match=rf"^fruit, 2026-05-01 .*MySQL would have changed {complaint}.*old rows were kept"
    ):
        write(fruit, {MAY[0]: "v1"}, batch(row))
    assert content(fruit) == []


def test_keys_that_differ_only_in_case_or_accents_stay_apart(fruit):
    kinds = ["fig", "Fig", "FIG", "fïg", "fi\u0308g", "ﬁg", "fig🌈"]
    write(fruit, {MAY[0]: "v1"}, batch(*((MAY[0], kind, 1) for kind in kinds)))
    assert sorted(row[1] for row in content(fruit)) == sorted(kinds)


def test_a_reader_sees_the_old_rows_until_the_new_ones_are_whole(fruit, store):
    write(fruit, {MAY[0]: "v1"}, batch((MAY[0], "fig", 1)))
    fruit.begin()
    write_slice(fruit, Slice(FRUIT, "fruit", MAY[0], MAY[0], {MAY[0]: "v2"}), [batch((MAY[0], "pear", 2))], "run")
    with connected(store.environment, "reader") as reader:
        assert content(reader) == [(MAY[0], "fig", 1)]
        fruit.commit()
        reader.rollback()
        assert content(reader) == [(MAY[0], "pear", 2)]


def test_the_reader_may_not_write(fruit, store):
    with connected(store.environment, "reader") as reader, pytest.raises(Exception, match="denied"):
        reader.cursor().execute("DELETE FROM fruit")


def test_columns_are_described_where_analysts_see_it(fruit):
    with fruit.cursor() as cursor:
        cursor.execute(
            "SELECT column_comment FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = 'fruit' AND column_name = 'eaten'"
        )
        assert cursor.fetchone() == ("How many were eaten.",)


def test_a_long_text_fits_where_the_declaration_says_so(connection):
    long = report(
        FRUIT.columns[0], FRUIT.columns[1], Column(name="note", type="STRING", description="A note.", length=2000)
    )
    with connection.cursor() as cursor:
        cursor.execute(create_statement(long, "fruit"))
    rows = pa.RecordBatch.from_pylist(
        [{"date": MAY[0], "kind": "fig", "note": "ж" * 2000}],
        pa.schema([("date", pa.date32()), ("kind", pa.string()), ("note", pa.string())]),
    )
    write(connection, {MAY[0]: "v1"}, rows, table=long)
    assert content(connection)[0][2] == "ж" * 2000
