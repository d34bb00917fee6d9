"""A backup of what an apply replaces or deletes: a zip of asset files that `groundup assets apply --from` takes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from superset_sync.assets import KINDS, Asset, Assets, identity, load_yaml
from superset_sync.errors import BundleError
from superset_sync.instance_form import SUPERSET_VERSION
from superset_sync.written import write

_METADATA = "metadata.yaml"
_TYPE = "groundup_backup"
# How many are kept; older ones go.
_KEPT = 50


def write_backup(folder: Path, name: str, assets: Iterable[tuple[str, dict[str, Any]]]) -> Path:
    """Writes `<folder>/<name>.zip` whole: (file, content) pairs. Raises BundleError when that is impossible."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(_METADATA, write({"type": _TYPE, "superset": SUPERSET_VERSION}))
        for file, content in assets:
            bundle.writestr(file, write(content))
    path = folder / f"{name}.zip"
    draft = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(buffer.getvalue())
        draft.replace(path)
        for old in sorted(folder.glob("*.zip"))[:-_KEPT]:
            old.unlink()
    except OSError as error:
        raise BundleError(
            f"The backup {path} cannot be written ({error.strerror}), so nothing was applied; make room for it."
        ) from error
    return path


def read_backup(path: Path) -> Assets:
    """The assets of a backup. Raises BundleError when it is none, is broken, or is of another Superset."""
    try:
        with zipfile.ZipFile(path) as bundle:
            files = {name: load_yaml(bundle.read(name).decode()) for name in sorted(bundle.namelist())}
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BundleError(
            f"{path} cannot be read ({error}); name a backup that `groundup assets apply` wrote."
        ) from error
    metadata = files.pop(_METADATA, None)
    if not isinstance(metadata, dict) or metadata.get("type") != _TYPE:
        raise BundleError(f"{path} is not a backup; name one that `groundup assets apply` wrote.")
    if metadata.get("superset") != SUPERSET_VERSION:
        raise BundleError(
            f"{path} was made of Superset {metadata.get('superset')}, and this is {SUPERSET_VERSION}; "
            "take what you need out of it by hand."
        )
    found: dict[str, list[Asset]] = {kind: [] for kind in KINDS}
    for file, content in files.items():
        kind = file.split("/")[0]
        if kind not in found or not isinstance(content, dict) or not identity(kind, content):
            raise BundleError(f"{path} holds {file}, which is no asset; name a backup as it was written.")
        found[kind].append(Asset(file, content))
    kinds: dict[str, Any] = {kind: tuple(assets) for kind, assets in found.items()}
    return Assets(**kinds)
