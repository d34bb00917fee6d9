"""Small backups, and files that pretend to be some."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backup.archive import written
from backup.manifest import Manifest, Part, TableDigest, project_version
from superset_sync.instance_form import SUPERSET_VERSION

PARTS = {
    "mysql.sql": b"USE `reports`;\n",
    "settings/sources.yaml": b"sources: {}\n",
    "settings/metrics.yaml": b"activity: {}\n",
}


def manifest_of(parts: dict[str, Part], **changed: Any) -> Manifest:
    said: dict[str, Any] = {
        "format": 1,
        "project": project_version(),
        "superset": SUPERSET_VERSION,
        "airflow": None,
        "made_at": dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC),
        "parts": parts,
        "tables": {"reports.days": TableDigest(rows=0, sha256=hashlib.sha256().hexdigest())},
        "warehouse": {},
        "airflow_tables": {},
        "keys": {},
    }
    return Manifest(**{**said, **changed})


def small_backup(path: Path, **changed: Any) -> Path:
    """A whole backup of next to nothing, as the product writes it."""
    with written(path) as writer:
        for name, text in PARTS.items():
            writer.add(name, [text])
        writer.finish(manifest_of(writer.parts, **changed))
    return path


def signed(path: Path, members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    """A zip by a stranger's hand with a checksum that holds."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in members:
            bundle.writestr(name, content)
        bundle.comment = b"0" * 64
    content = buffer.getvalue()[:-64]
    path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return path


def members(**said: Any) -> list[tuple[str | zipfile.ZipInfo, bytes]]:
    """What such a zip holds when nothing is wrong with it; `said` changes its manifest."""
    parts = {name: Part(bytes=len(text), sha256=hashlib.sha256(text).hexdigest()) for name, text in PARTS.items()}
    manifest = json.loads(manifest_of(parts).model_dump_json())
    return [*PARTS.items(), ("manifest.json", json.dumps({**manifest, **said}).encode())]
