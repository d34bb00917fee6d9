"""An NDJSON file's lines with their numbers, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.errors import ExportFileError
from loaders.export_files import FileKind, shown
from loaders.export_unpacking import unpacked

LONGEST_LINE = 16 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Line:
    """A line that is not blank, without its end; of one that is too long, only the beginning is kept."""

    number: int
    text: bytes

    @property
    def too_long(self) -> bool:
        """Whether it is longer than any event."""
        return len(self.text) > LONGEST_LINE


def lines(path: Path, kind: FileKind) -> Iterator[Line]:
    """The lines, numbered from 1. Raises ExportFileError when the file cannot be read to its end."""
    number, rest, told = 1, bytearray(), False
    for block in _blocks(path, kind):
        if not rest and not block.strip():
            number += block.count(b"\n")
            continue
        *ended, last = block.split(b"\n")
        for text in ended:
            rest += text[: LONGEST_LINE + 1 - len(rest)]
            if rest.strip() and not told:
                yield Line(number, bytes(rest))
            rest.clear()
            number, told = number + 1, False
        rest += last[: LONGEST_LINE + 1 - len(rest)]
        if len(rest) > LONGEST_LINE and not told:
            # Its end may be far away.
            yield Line(number, bytes(rest))
            told = True
    if rest.strip() and not told:
        yield Line(number, bytes(rest))


def _blocks(path: Path, kind: FileKind) -> Iterator[bytes]:
    if kind is FileKind.GZIP_JSON:
        yield from unpacked(path, shown(path))
        return
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise ExportFileError(
            f"{shown(path)} cannot be read ({error.strerror}); check the name and the permissions."
        ) from error
