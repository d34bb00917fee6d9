"""Gzipped exports unpacked block by block: whole and verified, or refused in bounded time and memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from isal import igzip, igzip_lib

from loaders.errors import ExportFileError

_BLOCK = 1 << 20
# The stub calls the class an instance.
_NO_DEFLATE = cast(type[Exception], igzip_lib.IsalError)
# Events repeat their field names and still differ: exports unpack to 10 to 30 times their size, gzip's limit is 1,032.
_LARGEST_RATIO = 200
# A file that unpacks to no more than this does no harm, whatever its ratio.
_HARMLESS = 64 << 20


def unpacked(path: Path, name: str) -> Iterator[bytes]:
    """The content in blocks. Raises ExportFileError, in which the file is called `name`, when it is damaged."""
    size = 0
    try:
        with path.open("rb") as packed, igzip.IGzipFile(fileobj=packed) as file:  # type: ignore[no-untyped-call]
            while block := file.read(_BLOCK):
                size += len(block)
                if size > _HARMLESS and size > _LARGEST_RATIO * packed.tell():
                    raise ExportFileError(
                        f"{name} unpacks to over {_LARGEST_RATIO} times its size, which no export does; "
                        "it was stopped there. Export it again."
                    )
                yield block
    except EOFError as error:
        raise ExportFileError(f"{name} was cut off: its gzip data has no end; copy or export it again.") from error
    except (OSError, _NO_DEFLATE) as error:
        raise ExportFileError(_why_damaged(name, error)) from error


def _why_damaged(name: str, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name} cannot be read ({error.strerror}); check the name and the permissions."
    if "Not a gzipped file" in str(error):
        return f"{name} has bytes behind its gzip data that are none; copy or export it again."
    return f"{name} is damaged: its gzip data does not match its checksum; copy or export it again."


class UnpackedStream:
    """A gzipped file's content under `path`, once, while the context is open.

    Nothing of it lies on a disk. What was read is verified only when the context has ended without ExportFileError.
    """

    def __init__(self, file: Path, name: str) -> None:
        """`name` is what the file is called in messages."""
        self._file = file
        self._name = name
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._reading, self._writing = os.pipe()
        self._unpacker = threading.Thread(target=self._unpack, name="unpacker", daemon=True)
        self._unpacker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Without a reader the next write fails, so the thread ends whatever has happened here.
        os.close(self._reading)
        self._unpacker.join()
        # A damaged file explains what DuckDB says of it.
        if self._failure and (error is None or isinstance(error, Exception)):
            raise self._failure from error

    @property
    def path(self) -> str:
        """Where this process can open the content, once."""
        return f"/proc/self/fd/{self._reading}"

    def _unpack(self) -> None:
        try:
            with os.fdopen(self._writing, "wb", buffering=0) as pipe:
                for block in unpacked(self._file, self._name):
                    rest = memoryview(block)
                    while rest:
                        rest = rest[os.write(pipe.fileno(), rest) :]
        except BrokenPipeError:
            return
        except BaseException as failure:
            self._failure = failure
