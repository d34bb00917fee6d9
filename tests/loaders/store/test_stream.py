"""Rows go to MySQL through a pipe; whatever fails on either side, both sides end."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from loaders.store.stream import RowStream

DAY = dt.date(2026, 5, 1)


def batch(day: dt.date, rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([day] * rows, pa.date32()), pa.array(range(rows), pa.int64())], ["date", "n"]
    )


def test_the_path_gives_the_rows_of_all_batches_in_their_order() -> None:
    with RowStream([batch(DAY, 2), batch(DAY, 1)], "date") as rows:
        text = Path(rows.path).read_bytes()
    assert text == b"2026-05-01\t0\n2026-05-01\t1\n2026-05-01\t0\n"


def test_rows_are_counted_by_day() -> None:
    other = DAY + dt.timedelta(days=1)
    with RowStream([batch(DAY, 3), batch(other, 200_000), batch(DAY, 1)], "date") as rows:
        Path(rows.path).read_bytes()
    assert rows.sent == 200_004
    assert rows.counts == {DAY: 4, other: 200_000}


def test_no_rows_are_an_empty_file() -> None:
    with RowStream([], "date") as rows:
        assert Path(rows.path).read_bytes() == b""
    assert rows.sent == 0


def test_what_the_batches_raise_is_raised_when_the_rows_were_read() -> None:
    def broken():
        yield batch(DAY, 1)
        raise ValueError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"), RowStream(broken(), "date") as rows:
        Path(rows.path).read_bytes()


def test_a_reader_that_gives_up_ends_the_encoder() -> None:
    with pytest.raises(ConnectionError), RowStream((batch(DAY, 1000) for _ in range(10_000)), "date") as rows:
        raise ConnectionError
    assert rows.sent < 10_000_000


def test_rows_that_nobody_reads_end_the_encoder() -> None:
    with RowStream((batch(DAY, 1000) for _ in range(10_000)), "date") as rows:
        pass
    assert rows.sent < 10_000_000
