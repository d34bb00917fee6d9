"""A connection that breaks while rows are sent is a lost connection, however the driver puts it."""

import datetime as dt

import pyarrow as pa
import pymysql
import pytest
from pymysql.constants import CR

from loaders.store.send import Destination, send

DAY = pa.RecordBatch.from_arrays([pa.array([dt.date(2026, 5, 1)], pa.date32())], ["date"])
TO = Destination("fruit", ["date"], "date", "fruit", lambda _code, text: text, "")


class Cursor:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def execute(self, *_):
        # What PyMySQL does when it sends to a connection that it has closed itself.
        raise AttributeError("'NoneType' object has no attribute 'sendall'")


class Connection:
    def __init__(self, *, is_open: bool) -> None:
        self.open = is_open

    def cursor(self):
        return Cursor()


def test_a_connection_that_the_driver_has_closed_was_lost():
    with pytest.raises(pymysql.err.OperationalError) as lost:
        send(Connection(is_open=False), TO, [DAY])
    assert lost.value.args[0] == CR.CR_SERVER_LOST


def test_a_fault_of_ours_is_not_taken_for_a_lost_connection():
    with pytest.raises(AttributeError):
        send(Connection(is_open=True), TO, [DAY])
