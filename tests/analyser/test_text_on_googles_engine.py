"""Text means the same on DuckDB and on Google's own engine: cutting it, trimming it, writing a number, its order.

Only what the shipped statements use is compared.
"""

import math
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.analyser.evaluation import evaluate
from tests.analyser.statements import scalar, simple_table
from tests.hostile import FLOATS, TEXTS, texts

FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture(scope="module")
def warehouse():
    with DuckDBWarehouse(Path(":memory:")) as warehouse:
        yield warehouse


def both(warehouse, expression, values, kind="STRING", gives="STRING"):
    """Value → what Google's engine and DuckDB make of it."""
    table = simple_table("given", {"n": scalar("INT64"), "x": scalar(kind)})
    sql = f"SELECT n, {expression} AS y FROM given ORDER BY n"
    rows = [{"n": number, "x": value} for number, value in enumerate(values)]
    google = evaluate(sql, {"given": (table, rows)}, {}, {"n": scalar("INT64"), "y": scalar(gives)})
    connection = warehouse.connection
    connection.execute(f"CREATE OR REPLACE TABLE given (n BIGINT, x {'VARCHAR' if kind == 'STRING' else 'DOUBLE'})")
    connection.executemany("INSERT INTO given VALUES (?, ?)", [[row["n"], row["x"]] for row in rows])
    duckdb = warehouse.read(sql).to_pylist()
    return [(row["y"] for row in rows) for rows in (google, duckdb)]


def agreed(warehouse, expression, values, kind="STRING", gives="STRING"):
    google, duckdb = map(list, both(warehouse, expression, values, kind, gives))
    assert duckdb == google
    return google


CUT = "IFNULL(NULLIF(RTRIM(SUBSTR(RTRIM(x, ' '), 1, 255), ' '), ''), '(unknown)')"


def test_a_value_is_cut_after_255_code_points_whatever_they_look_like(warehouse):
    values = [
        "x" * 254 + "e\u0301",
        "x" * 254 + FAMILY,
        FAMILY * 60,
        "\u0301" * 300,
        "한" * 300,
        "🌈" * 300,
        "x" * 253 + "🇰🇷🇰🇷",
        "x" * 254 + "\r\n",
        "\0" * 300,
        "x" * 250 + " " * 50,
        "x" * 250 + " " * 50 + "y",
    ]
    cut = agreed(warehouse, CUT, values)
    assert cut == [value[:255].rstrip(" ") for value in values]
    # A letter loses its accent there, and a family its children.
    assert cut[0].endswith("xe")
    assert cut[1].endswith("x👨")


@given(values=st.lists(texts(300), min_size=1, max_size=30))
@settings(deadline=None, max_examples=15)
def test_any_text_is_cut_and_trimmed_alike(warehouse, values):
    assert agreed(warehouse, CUT, values) == [v.rstrip(" ")[:255].rstrip(" ") or "(unknown)" for v in values]


def test_only_spaces_are_trimmed(warehouse):
    values = ["a ", "a\u00a0", "a\t", "a \n", " ", "\u3000", "a\u2003 ", "e \u0301", "a \0", "a\u200d ", " \u0301 ", ""]
    assert agreed(warehouse, "RTRIM(x, ' ')", values) == [value.rstrip(" ") for value in values]


def test_platforms_are_written_in_the_same_upper_case(warehouse):
    expanding = [letter for letter in map(chr, range(0x20000)) if len(letter.upper()) > 1]
    values = [*TEXTS, *expanding, "ios", "iİıI", "straße", "ﬃ", "ǆ", "ǅ", "ς", "ა", "𐐨", "i\u0307"]
    assert agreed(warehouse, "UPPER(x)", values) == [value.upper() for value in values]


def test_numbers_are_written_alike(warehouse):
    known = {
        0.1: "0.1",
        0.1 + 0.2: "0.30000000000000004",
        1e15: "1e+15",
        1e16: "1e+16",
        12345678901234568.0: "12345678901234568",
        9.223372036854776e18: "9.2233720368547758e+18",
        -0.0: "0",
        5e-324: "4.94065645841247e-324",
        1e-5: "1e-05",
        0.0001: "0.0001",
        123456.789: "123456.789",
        math.inf: "inf",
        -math.inf: "-inf",
        math.nan: "nan",
    }
    assert agreed(warehouse, "CAST(x AS STRING)", list(known), "FLOAT64") == list(known.values())
    dice = random.Random(7)
    values = [struct.unpack("d", dice.randbytes(8))[0] for _ in range(500)] + [dice.random() for _ in range(500)]
    agreed(warehouse, "CAST(x AS STRING)", [*values, *(round(v, 3) for v in values[500:])], "FLOAT64")


def test_whole_numbers_have_neither_decimals_nor_exponent(warehouse):
    whole = "CAST(IF(TRUNC(x) = x, SAFE_CAST(x AS INT64), NULL) AS STRING)"
    values = [1.0, -3.0, -0.0, 1e15, 1e16, 2.0**53, 1e18, 9.223372036854775e18, -(2.0**63)]
    assert agreed(warehouse, whole, values, "FLOAT64") == [str(int(value)) for value in values]
    beyond = [1.5, 2.0**63, 1e19, 1e300, math.inf, -math.inf, math.nan]
    assert agreed(warehouse, whole, beyond, "FLOAT64") == [None] * len(beyond)


@given(values=st.lists(FLOATS, min_size=1, max_size=30))
@settings(deadline=None, max_examples=15)
def test_any_number_is_written_alike(warehouse, values):
    agreed(warehouse, "CAST(x AS STRING)", values, "FLOAT64")


def test_the_larger_text_is_the_one_with_the_larger_code_points(warehouse):
    values = sorted({*TEXTS, "a", "B", "ab", "a\0", "\ue000", "\ud7ff", "𐀀"})
    ranks = agreed(warehouse, "ROW_NUMBER() OVER (ORDER BY x)", values, gives="INT64")
    assert ranks == list(range(1, len(values) + 1))


def test_texts_that_look_alike_are_different_ones(warehouse):
    values = ["é", "e\u0301", "É", "ß", "ss", "a", "A", "ａ", "a\u200d", "", "\0"]
    assert agreed(warehouse, "COUNT(*) OVER (PARTITION BY x)", values, gives="INT64") == [1] * len(values)
