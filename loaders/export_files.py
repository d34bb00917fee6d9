"""What an export file is, how it is named in messages, and under which path DuckDB reads it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.errors import ExportFileError
from loaders.export_unpacking import UnpackedStream

# DuckDB takes these for patterns, and knows no names that are not UTF-8.
_PLAIN = re.compile(r"[^*?\[\]{}\\\ud800-\udfff]*")


class FileKind(Enum):
    """How an export file is written, by its first bytes and not by its name."""

    PARQUET = "Parquet"
    GZIP_JSON = "gzipped NDJSON"
    JSON = "NDJSON"


def file_kind(path: Path) -> FileKind:
    """The kind of the file. Raises ExportFileError when it cannot be read."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ExportFileError(f"{shown(path)} is a folder; name the files in it, such as {shown(path)}/*.")
        if not stat.S_ISREG(mode):
            # It may wait for ever, never end, or not give the same twice.
            raise ExportFileError(f"{shown(path)} is no file but a pipe or a device; write it to a file first.")
        with path.open("rb") as file:
            start = file.read(4)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ExportFileError(
            f"{shown(path)} cannot be read ({reason}); check the name and the permissions."
        ) from error
    if start == b"PAR1":
        return FileKind.PARQUET
    return FileKind.GZIP_JSON if start[:2] == b"\x1f\x8b" else FileKind.JSON


def shown(path: Path) -> str:
    """The path on one line that any terminal takes: what cannot be printed is escaped."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in str(path))


@contextmanager
def places(paths: Sequence[Path], kind: FileKind) -> Iterator[Mapping[Path, str]]:
    """Where DuckDB reads each file while the context is open, under the file's own name where that is possible.

    Gzipped files are unpacked on the way. Raises ExportFileError when one turns out to be damaged.
    """
    with ExitStack() as stack:
        found = {path: str(path.absolute()) for path in paths}
        odd = [path for path in paths if kind is FileKind.GZIP_JSON or not _PLAIN.fullmatch(found[path])]
        if odd:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="groundup-")))
        for number, path in enumerate(odd):
            link = folder / f"{number}_{re.sub(r'[^A-Za-z0-9_.-]', '_', path.name)[-100:]}"
            if kind is FileKind.GZIP_JSON:
                link.symlink_to(stack.enter_context(UnpackedStream(path, shown(path))).path)
            else:
                link.symlink_to(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link that is its name
            found[path] = str(link)
        yield found
