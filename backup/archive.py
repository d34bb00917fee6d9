"""The file: a zip whose comment is the SHA-256 of all that comes before it.

So any tool can look into it, and no byte of it can change or be missing unnoticed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from backup.errors import BackupError, BrokenBackupError
from backup.manifest import MANIFEST, PARTS, Manifest, Part, read_manifest
from stack.exchange import sync

CHUNK = 1 << 20
_DIGEST_BYTES = 64
# The fastest: a warehouse is compressed within already, and a dump shrinks to a tenth all the same.
_LEVEL = 1
# A table takes some hundred bytes.
_LARGEST_MANIFEST = 16 << 20
# What `zipfile` raises for what it cannot make sense of.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


class Writer:
    """A backup that is being written."""

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        self._bundle = bundle
        self.parts: dict[str, Part] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Adds a part."""
        digest, size = hashlib.sha256(), 0
        with self._open(name) as output:
            for chunk in chunks:
                output.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.parts[name] = Part(bytes=size, sha256=digest.hexdigest())

    def add_file(self, name: str, path: Path) -> None:
        """Adds a file as a part."""
        with path.open("rb") as file:
            self.add(name, chunks_of(file))

    def finish(self, manifest: Manifest) -> None:
        """Adds the manifest."""
        with self._open(MANIFEST) as output:
            output.write(manifest.model_dump_json(indent=1).encode())

    def _open(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        return self._bundle.open(info, "w", force_zip64=True)


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Writes the file beside its place and moves it there, whole, at the end; readable by this account alone.

    Raises BackupError when it cannot be written; then nothing is left of it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", compresslevel=_LEVEL) as bundle:
                yield Writer(bundle)
                bundle.comment = b"0" * _DIGEST_BYTES
            _sign(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(path.parent)
    except OSError as error:
        raise BackupError(
            f"The backup {path} cannot be written ({error.strerror or error}): "
            "make room or choose another place, then try again."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _sign(file: IO[bytes]) -> None:
    end = file.seek(0, os.SEEK_END) - _DIGEST_BYTES
    digest = _digest_until(file, end)
    file.seek(end)
    file.write(digest)


class Reader:
    """A backup that was found to be whole."""

    def __init__(self, bundle: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
        self._bundle = bundle
        self._path = path
        self.manifest = manifest

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part. Raises BrokenBackupError when it is not what the manifest says, at the latest at its end."""
        said = self.manifest.parts[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._bundle.open(name) as file:
                for chunk in chunks_of(file):
                    size += len(chunk)
                    if size > said.bytes:
                        break
                    digest.update(chunk)
                    yield chunk
        except (OSError, *_UNREADABLE) as error:
            raise self._broken(f"{name} in it cannot be unpacked") from error
        if size != said.bytes or digest.hexdigest() != said.sha256:
            raise self._broken(f"{name} in it is not what its manifest says")

    def unpack(self, name: str, path: Path) -> None:
        """Writes a part to a file, readable by this account alone. Raises BrokenBackupError."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in self.chunks(name):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def _broken(self, reason: str) -> BrokenBackupError:
        return BrokenBackupError(f"{self._path} is damaged ({reason}); nothing was changed: take another backup.")


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """The backup, after every byte of it has been looked at. Raises BackupError."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            _verify(file, path)
            bundle = stack.enter_context(zipfile.ZipFile(file))
            manifest = _manifest(bundle, path)
        except OSError as error:
            raise BackupError(
                f"{path} cannot be read ({error.strerror or error}): name a file that is there."
            ) from error
        except _UNREADABLE as error:
            raise BrokenBackupError(f"{path} is no backup that `groundup backup` wrote ({error}).") from error
        yield Reader(bundle, manifest, path)


def _verify(file: IO[bytes], path: Path) -> None:
    start = file.read(4)
    if start != b"PK\x03\x04":
        raise BrokenBackupError(f"{path} is no backup: name a file that `groundup backup` wrote.")
    end = file.seek(0, os.SEEK_END) - _DIGEST_BYTES
    found = _digest_until(file, max(end, 0))
    if file.read(_DIGEST_BYTES) != found:
        raise BrokenBackupError(
            f"{path} is damaged or not whole (its checksum does not hold); nothing was changed: take another backup, "
            "or copy it again from where it came from."
        )


def _manifest(bundle: zipfile.ZipFile, path: Path) -> Manifest:
    members = bundle.infolist()
    names = [member.filename for member in members]
    strange = [name for name in names if name not in (MANIFEST, *PARTS)]
    if strange:
        raise BrokenBackupError(f"{path} holds {strange[0]!r}, which no backup does: it is not unpacked.")
    if len(set(names)) != len(names) or MANIFEST not in names:
        raise BrokenBackupError(f"{path} has no manifest, or parts that are there twice: it is no backup.")
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BrokenBackupError(f"{path} holds {member.filename!r}, which is no plain file: it is not unpacked.")
    if bundle.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise BrokenBackupError(f"{path} has a manifest that is too large to be one: it is no backup.")
    with bundle.open(MANIFEST) as file:
        manifest = read_manifest(file.read(_LARGEST_MANIFEST), str(path))
    if set(manifest.parts) != set(names) - {MANIFEST}:
        raise BrokenBackupError(f"{path} does not hold what its manifest says: `groundup backup` did not write it so.")
    return manifest


def _digest_until(file: IO[bytes], end: int) -> bytes:
    """The hexadecimal SHA-256 of the first `end` bytes, behind which the file then stands."""
    digest = hashlib.sha256()
    file.seek(0)
    left = end
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            break
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file, a piece at a time."""
    while chunk := file.read(CHUNK):
        yield chunk
