"""Secrets in files, one each, named after its variable in small letters: how a container gets them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path("/run/secrets")


@cache
def secrets_in_files(folder: Path = FOLDER) -> Mapping[str, str]:
    """The secrets by variable; none where there is no such folder. Raises OSError for one that cannot be read."""
    return {path.name.upper(): path.read_text(encoding="utf-8").strip() for path in folder.glob("groundup_*")}
