"""Where the servers' programs lie on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from stack.errors import NotInstalledError

# Debian keeps servers where an ordinary account's PATH does not look.
_SEARCHED = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def find_program(*names: str) -> Path:
    """The first of these programs that is installed.

    Raises NotInstalledError when none is.
    """
    for name in names:
        found = shutil.which(name, path=_SEARCHED)
        if found:
            return Path(found)
    raise NotInstalledError(f"{names[0]} is not installed on this machine: run make install.")


def is_installed(name: str) -> bool:
    """Whether a program is there."""
    return shutil.which(name, path=_SEARCHED) is not None
