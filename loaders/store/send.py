"""Sending rows to MySQL so that it takes every one of them as it is, or the transaction fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pymysql
from pymysql.constants import CR

from loaders.errors import StoreError
from loaders.store.connection import MySQL
from loaders.store.encode import LOAD_CLAUSE
from loaders.store.stream import RowStream

_LOST = "Lost connection to MySQL server while rows were sent"


@dataclass(frozen=True)
class Destination:
    """The table and its columns, and what to tell whoever sent what it does not take."""

    place: str
    columns: Sequence[str]
    # The column that holds the day.
    partition: str
    # What the rows are, as the user knows them.
    what: str
    # What to tell where MySQL would change a value, by the number and the text of its warning.
    explain: Callable[[int, str], str]
    # What to do where it has taken fewer rows than were sent.
    if_fewer: str


def send(connection: MySQL, to: Destination, batches: Iterable[pa.RecordBatch]) -> RowStream:
    """LOAD DATA and its verification, in the connection's open transaction; gives the stream with its counts.

    Raises StoreError when MySQL clipped, merged or dropped anything; the caller rolls back.
    """
    columns = ", ".join(f"`{name}`" for name in to.columns)
    with RowStream(batches, to.partition) as rows, connection.cursor() as cursor:
        try:
            loaded = cursor.execute(
                f"LOAD DATA LOCAL INFILE %s INTO TABLE `{to.place}` {LOAD_CLAUSE} ({columns})",
                (rows.path,),
            )
        except AttributeError as error:
            # Where sending fails, PyMySQL closes the connection and then sends the end of the file into it.
            if connection.open:
                raise
            raise pymysql.err.OperationalError(CR.CR_SERVER_LOST, _LOST) from error
        cursor.execute("SHOW WARNINGS")
        warnings = cursor.fetchall()
    if warnings:
        _, code, text = warnings[0]
        raise StoreError(to.explain(int(code), text))
    if loaded != rows.sent:
        raise StoreError(f"MySQL took {loaded} of {rows.sent} rows of {to.what}; the old rows were kept. {to.if_fewer}")
    return rows
