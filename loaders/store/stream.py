"""Rows on their way to MySQL: one thread encodes them into a pipe, which LOAD DATA LOCAL reads as if it were a file."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import pyarrow as pa

from loaders.store.encode import encode


class RowStream:
    """The rows of some batches as text under `path`, while the context is open.

    Nothing of it lies on a disk, so nothing is left behind by a process that dies; memory holds a batch or two.
    `sent` and `counts` (rows by day) are final when the context has ended. Raises what the batches raised.
    """

    def __init__(self, batches: Iterable[pa.RecordBatch], partition: str) -> None:
        """`partition` names the column that holds the day."""
        self.sent = 0
        self.counts: dict[dt.date, int] = {}
        self._batches = batches
        self._partition = partition
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._reading, self._writing = os.pipe()
        self._encoder = threading.Thread(target=self._encode, name="encoder", daemon=True)
        self._encoder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Without a reader the encoder's next write fails, so it ends whatever has happened here.
        os.close(self._reading)
        self._encoder.join()
        if self._failure and error is None:
            raise self._failure

    @property
    def path(self) -> str:
        """Where this process can open the rows, once."""
        return f"/proc/self/fd/{self._reading}"

    def _encode(self) -> None:
        try:
            with os.fdopen(self._writing, "wb", buffering=0) as pipe:
                for batch in self._batches:
                    _write(pipe.fileno(), encode(batch))
                    self._count(batch)
        except BrokenPipeError:
            return
        except BaseException as failure:
            self._failure = failure

    def _count(self, batch: pa.RecordBatch) -> None:
        self.sent += batch.num_rows
        for entry in batch.column(self._partition).value_counts():
            day = entry["values"].as_py()
            self.counts[day] = self.counts.get(day, 0) + entry["counts"].as_py()


def _write(pipe: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(pipe, rest) :]
