"""The last backup, noted in the state folder for `groundup status`."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class LastBackup:
    """Where the last backup was written to, when (UTC), and its size in bytes."""

    file: str
    made_at: dt.datetime
    bytes: int


def _note(home: Path) -> Path:
    return home / "last_backup.json"


def note_backup(home: Path, backup: LastBackup) -> None:
    """Notes it; a backup whose note cannot be written is one all the same."""
    with suppress(OSError):
        draft = _note(home).with_suffix(".new")
        draft.write_text(json.dumps(asdict(backup), default=str), encoding="utf-8")
        draft.replace(_note(home))


def last_backup(home: Path) -> LastBackup | None:
    """What was noted last; None where nothing was, or where the note cannot be read."""
    try:
        stored = json.loads(_note(home).read_text(encoding="utf-8"))
        return LastBackup(str(stored["file"]), dt.datetime.fromisoformat(stored["made_at"]), int(stored["bytes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
