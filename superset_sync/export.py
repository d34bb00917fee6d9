"""Take what was changed in the browser into the asset folders."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from settings.environment import Environment
from superset_sync.apply import sign_in
from superset_sync.assets import KINDS, NAMED, Assets, identity, read_assets
from superset_sync.errors import AssetError, ConflictError, SyncError
from superset_sync.live import Live, LiveAsset, read_live, title
from superset_sync.normalise import comparable, rename_charts, text, written
from superset_sync.resolved import Instance, as_file, asset_settings, resolve
from superset_sync.written import write


@dataclass(frozen=True)
class Exported:
    """Files by path below the root: written with what they say now, removed, and left since the folders are newer."""

    written: Mapping[str, str]
    removed: tuple[str, ...]
    newer: tuple[str, ...]
    by_hand: tuple[str, ...]


def export(environment: Environment, root: Path, *, add: Sequence[str] = (), force: bool = False) -> Exported:
    """Bring the folders below `root` to what is live, and say what was done.

    Exported is what the folders hold, what was applied once, what either refers to, and what `add` names by title,
    slug or uuid. A file that is newer than the live asset stays. Where both were changed, nothing is written without
    `force`.

    Raises AssetError for files that cannot be read, ConflictError, SyncError for a name that nothing has.
    """
    assets = read_assets(root)
    if assets.unreadable:
        raise AssetError(assets.unreadable)
    with sign_in(environment) as client:
        live = read_live(client)
    found = make_export(assets, live, settings=asset_settings(environment), add=add, force=force)
    for file, content in found.written.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(content, encoding="utf-8")
        draft.replace(path)
    for file in found.removed:
        (root / file).unlink(missing_ok=True)
    return found


def make_export(
    assets: Assets,
    live: Live,
    *,
    settings: Mapping[str, str] = MappingProxyType({}),
    add: Sequence[str] = (),
    force: bool = False,
) -> Exported:
    """The decision alone. Raises ConflictError, SyncError."""
    instance = Instance(live.permissions, settings)
    assets = resolve(assets, instance)
    roles = {title(now.kind, now.content): now.content for now in live.applied.values() if now.kind == "roles"}
    roles |= {str(asset.content.get("name")): asset.content for asset in assets.roles}
    files = {asset.uuid: asset for _, asset in assets}
    added = _named(live, add)
    # Into empty folders everything goes that was applied once.
    chosen = _with_references(live, {*(files or live.applied), *added} & live.assets.keys())
    names = {asset.file for _, asset in assets}
    out: dict[str, str] = {}
    newer, conflicts = [], []
    for uuid in sorted(chosen, key=lambda uuid: (KINDS.index(live.assets[uuid].kind), _title(live.assets[uuid]), uuid)):
        now = _without_deleted(live, live.assets[uuid])
        file, applied = files.get(uuid), live.applied.get(uuid)
        here = _text(now.kind, file.meant) if file else None
        there = _text(now.kind, now.content)
        before = _text(now.kind, applied.meant) if applied else None
        if here == there:
            continue
        if file and there == before and not force:
            newer.append(file.file)
            continue
        if file and here != before and not force:
            conflicts.append(file.file)
            continue
        name = file.file if file else applied.file if applied else _new_file(live, now, names)
        names.add(name)
        model = file.content if file else applied.content if applied else None
        out[name] = write(written(now.kind, as_file(now.kind, now.content, model, instance, roles), model))
    removed = []
    for kind, asset in assets:
        if asset.uuid not in live.assets and asset.uuid in live.applied:
            if force or _text(kind, asset.meant) == _text(kind, live.applied[asset.uuid].meant):
                removed.append(asset.file)
            else:
                conflicts.append(asset.file)
    if conflicts:
        raise ConflictError(
            f"Nothing was written, since these were changed both in Superset and here since the last apply: "
            f"{', '.join(conflicts)}. `groundup assets plan` shows what differs; take Superset's with "
            "`groundup assets export --force`, or the folders' with `groundup assets apply --force`."
        )
    by_hand = live.assets.keys() - chosen - live.applied.keys()
    return Exported(out, tuple(removed), tuple(newer), tuple(sorted(_title(live.assets[uuid]) for uuid in by_hand)))


def _text(kind: str, content: Mapping[str, Any]) -> str:
    return text(comparable(kind, content))


def _title(asset: LiveAsset) -> str:
    return title(asset.kind, asset.content)


def _named(live: Live, names: Iterable[str]) -> set[str]:
    found = set()
    for name in names:
        fitting = {
            uuid
            for uuid, asset in live.assets.items()
            if name.lower() in (uuid, str(asset.content.get("slug")).lower(), _title(asset).lower())
        }
        if len(fitting) != 1:
            several = f"{len(fitting)} assets are" if fitting else "Nothing in Superset is"
            raise SyncError(f"{several} called {name!r}; name one by its title, its slug or its uuid.")
        found |= fitting
    return found


def _with_references(live: Live, uuids: set[str]) -> set[str]:
    """These and what they need, in turn."""
    found: set[str] = set()
    waiting = list(uuids)
    while waiting:
        uuid = waiting.pop()
        if uuid not in found:
            found.add(uuid)
            content = live.assets[uuid].content
            named = [identity("roles", {"name": role}) for role in content.get("roles") or ()]
            waiting += [other for other in [*_references(content), *named] if other in live.assets]
    return found


def _references(value: Any) -> list[str]:
    """Every text inside that may be a uuid."""
    if isinstance(value, str):
        return [value] if _UUID.fullmatch(value) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [uuid for item in inner for uuid in _references(item)]


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _without_deleted(live: Live, asset: LiveAsset) -> LiveAsset:
    """Superset keeps the place of a chart on a dashboard after it was deleted."""
    if asset.kind != "dashboards":
        return asset
    content = copy.deepcopy(asset.content)
    gone = {
        key
        for key, component in content["position"].items()
        if isinstance(component, dict)
        and component.get("type") == "CHART"
        and component["meta"].get("uuid") not in live.assets
    }
    position = {key: value for key, value in content["position"].items() if key not in gone}
    for component in position.values():
        if isinstance(component, dict) and gone & set(component.get("children") or ()):
            component["children"] = [key for key in component["children"] if key not in gone]
    content["position"] = position
    rename_charts(content["metadata"], lambda chart: chart if chart in live.assets else None)
    return LiveAsset(asset.kind, content, asset.digest, asset.changed_by, asset.changed_at, asset.is_owned)


def _new_file(live: Live, asset: LiveAsset, taken: set[str]) -> str:
    folder = asset.kind
    if asset.kind == "datasets":
        database = live.assets[str(asset.content["database_uuid"])]
        folder = f"datasets/{_slug(_title(database))}"
    stem = _title(asset) if asset.kind in {"databases", *NAMED} else _slug(_title(asset)).lower()
    uuid = identity(asset.kind, asset.content)
    file = f"{folder}/{_slug(stem) or uuid}.yaml"
    return file if file not in taken else f"{folder}/{_slug(stem)}_{uuid[:8]}.yaml"


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:80]
