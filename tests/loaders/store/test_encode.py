"""Arrow columns as the text that LOAD DATA reads; test_hostile_values.py proves what MySQL makes of it."""

import datetime as dt

import pyarrow as pa

from loaders.store.encode import encode


def test_null_and_escapes_are_what_load_data_expects():
    batch = pa.RecordBatch.from_pydict({"text": ["a\tb\\c\nd", None, ""], "flag": [True, False, None]})
    assert encode(batch) == b"a\\tb\\\\c\\nd\t1\n\\N\t0\n\t\\N\n"


def test_a_slice_of_a_batch_is_only_that_slice():
    batch = pa.RecordBatch.from_pydict({"text": ["first", "second", "third"]})
    assert encode(batch.slice(1, 1)) == b"second\n"


def test_nothing_is_nothing():
    assert encode(pa.RecordBatch.from_pydict({"text": []})) == b""


def test_a_time_in_a_time_zone_is_written_in_utc():
    moment = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-1)))
    batch = pa.RecordBatch.from_arrays([pa.array([moment], pa.timestamp("us", "Asia/Seoul"))], ["at"])
    assert encode(batch) == b"2026-02-01 00:30:00.000000\n"
