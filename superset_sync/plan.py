"""What an apply would do, decided from three sides: the folders, what is live, and what was last applied.

The third tells who changed an asset that differs: the folders, the browser, or both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from superset_sync.assets import KINDS, Asset
from superset_sync.diff import FieldChange, field_changes
from superset_sync.live import Applied, Live, LiveAsset, title
from superset_sync.normalise import comparable, text

Action = Literal["add", "change", "delete"]


@dataclass(frozen=True)
class Change:
    """One asset that an apply would add, change or delete.

    `is_touched`: somebody changed it in the browser since it was last applied, or it was never applied from here
    (`is_known` is false then). `is_ours`: the folders changed it since.
    """

    action: Action
    kind: str
    uuid: str
    file: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    is_touched: bool = False
    is_known: bool = True
    is_ours: bool = True
    changed_by: str = ""
    changed_at: str = ""


@dataclass(frozen=True)
class Plan:
    """What differs, and what else an apply has to send or to remember."""

    changes: tuple[Change, ...] = ()
    # The same as in the folders, but they hold a number or a name of something that gets another.
    resent: tuple[tuple[str, Asset], ...] = ()
    # The same as in the folders, but remembered otherwise: exported, or made alike by hand.
    record: tuple[tuple[str, Asset], ...] = ()
    # Neither in the folders nor live any more.
    forget: tuple[str, ...] = ()
    # The same as in the folders, but not everybody of the data team owns it.
    unowned: tuple[tuple[str, str], ...] = ()
    # Live, and made by hand.
    by_hand: int = field(default=0)

    def of(self, *actions: Action) -> tuple[Change, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.action in actions)

    @property
    def differs(self) -> bool:
        """Whether the live instance is not what the folders say."""
        return bool(self.changes)


def make_plan(files: Iterable[tuple[str, Asset]], live: Live, *, is_complete: bool = True) -> Plan:
    """Compare. What only `live` has is deleted when it was applied once and all files are here: `is_complete`."""
    files = list(files)
    in_folders = {asset.uuid: (kind, asset) for kind, asset in files}
    changes: list[Change] = []
    record: list[tuple[str, Asset]] = []
    same: list[tuple[str, Asset]] = []
    for kind, asset in files:
        now, applied = live.assets.get(asset.uuid), live.applied.get(asset.uuid)
        change = _change(kind, asset, now, applied)
        if change is not None:
            changes.append(change)
            continue
        same.append((kind, asset))
        # The order of its keys as well: what is exported into empty folders is written as the file was.
        if (
            applied is None
            or (applied.file, as_json(applied.content)) != (asset.file, as_json(asset.content))
            or not _is_same(kind, applied.meant, asset.meant)
        ):
            record.append((kind, asset))
    forget: list[str] = []
    if is_complete:
        for uuid, applied in live.applied.items():
            if uuid not in in_folders:
                if uuid in live.assets:
                    changes.append(_deletion(uuid, live.assets[uuid], applied))
                else:
                    forget.append(uuid)
    return Plan(
        changes=tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), change.file, change.uuid))),
        resent=tuple(_referring(same, changes)),
        record=tuple(record),
        forget=tuple(forget),
        unowned=tuple((kind, asset.uuid) for kind, asset in same if not live.assets[asset.uuid].is_owned),
        by_hand=len(live.assets.keys() - in_folders.keys() - live.applied.keys()),
    )


def as_json(content: Mapping[str, Any]) -> str:
    """What a file says, with the order in which it says it."""
    return json.dumps(content, ensure_ascii=False, default=str)


def touched(changes: Iterable[Change]) -> list[Change]:
    """Those that somebody has changed in the browser, and that an apply would overwrite."""
    return [change for change in changes if change.is_touched]


def _change(kind: str, asset: Asset, now: LiveAsset | None, applied: Applied | None) -> Change | None:
    wanted = comparable(kind, asset.meant)
    name = title(kind, asset.content)
    if now is None:
        return Change("add", kind, asset.uuid, asset.file, name)
    shown = comparable(kind, now.content)
    if text(shown) == text(wanted):
        return None
    return Change(
        "change",
        kind,
        asset.uuid,
        asset.file,
        name,
        fields=tuple(field_changes(shown, wanted)),
        is_ours=applied is None or not _is_same(kind, asset.meant, applied.meant),
        **_hand(kind, now, applied),
    )


def _deletion(uuid: str, now: LiveAsset, applied: Applied) -> Change:
    name = title(now.kind, now.content)
    return Change("delete", now.kind, uuid, applied.file, name, **_hand(now.kind, now, applied))


def _hand(kind: str, now: LiveAsset, applied: Applied | None) -> dict[str, Any]:
    if applied is not None and _is_same(kind, now.content, applied.meant):
        return {}
    return {
        "is_touched": True,
        "is_known": applied is not None,
        "changed_by": now.changed_by,
        "changed_at": now.changed_at,
    }


def _is_same(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return text(comparable(kind, one)) == text(comparable(kind, other))


def _referring(files: list[tuple[str, Asset]], changes: list[Change]) -> Iterator[tuple[str, Asset]]:
    """What stores a number of something that comes back under another, or, as pages do, the name of a chart."""
    returned = {change.uuid for change in changes if change.action == "add"}
    renamed = {change.uuid for change in changes if any(field.path == "slice_name" for field in change.fields)}
    for kind, asset in files:
        held = returned | renamed if kind == "dashboards" else returned
        if held and any(uuid in text(asset.content) for uuid in held):
            yield kind, asset
