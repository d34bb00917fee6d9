"""Small and read-only disks."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this account may not mount: {done.stderr.strip()}")


class Disk:
    """A disk of its own, mounted on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        _mount("-t", "tmpfs", "-o", "size=1g,mode=0700", "tmpfs", str(folder))

    def leave(self, kilobytes: int) -> None:
        """Makes it so small that this much is free."""
        used = int(subprocess.check_output(["df", "-k", "--output=used", str(self.folder)]).split()[-1])
        _mount("-o", f"remount,size={used + kilobytes}k", str(self.folder))

    def make_room(self) -> None:
        _mount("-o", "remount,size=1g", str(self.folder))


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk of a gigabyte on the folder, which is empty there."""
    mounted = Disk(folder)
    try:
        yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path, place: Path) -> Iterator[Path]:
    """The folder under another name, where nothing may be written; root does not mind permissions, but this."""
    place.mkdir()
    _mount("--bind", str(folder), str(place))
    try:
        _mount("-o", "remount,ro,bind", str(place))
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
