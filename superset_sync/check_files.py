"""Names of asset files that stay, and nothing in them that only one running instance knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from superset_sync.assets import NAMED, Asset
from superset_sync.rules import Finding, Rule

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
# What Superset invents on each instance; in a file it would change with every export.
_INVENTED = frozenset(
    {
        "chartId",
        "dashboards",
        "datasetId",
        "datasource",
        "last_saved_at",
        "query_context",
        "slice_id",
        "timestamp",
    }
)


def check_name(kind: str, asset: Asset, databases: dict[str, str]) -> Iterator[Finding]:
    """A file is called after what it is and not after a number. `databases`: uuid → name."""
    content = asset.content
    folder, _, file = asset.file.rpartition("/")
    stem = file.removesuffix(".yaml")
    if kind == "databases":
        place, name = kind, str(content.get("database_name"))
        is_so = _plain(stem) == _plain(name)
    elif kind == "datasets":
        place = f"datasets/{databases.get(str(content.get('database_uuid') or '').lower(), 'Reports')}"
        name = str(content.get("table_name"))
        is_so = _plain(stem) == _plain(name)
    elif kind in NAMED:
        place, name = kind, re.sub(r"[^A-Za-z0-9]+", "_", str(content.get("name"))).strip("_")
        is_so = stem in {name, f"{name}_{content.get('type')}"}
    else:
        title = str(content.get("slice_name") or content.get("dashboard_title"))
        place, name = kind, _plain(title)
        is_so = _NAME.match(stem) is not None and not _is_numbered(stem, title)
    if not is_so or folder != place:
        yield Finding(asset.file, "is not where it stays", f"call it {place}/{name}.yaml", Rule.PLACE)


def check_invented(asset: Asset) -> Iterator[Finding]:
    """What an instance invents."""
    for path in sorted(set(_paths(asset.content, ""))):
        yield Finding(asset.file, f"{path} is of one instance alone", "take it out", Rule.INSTANCE)


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else str(key)
            if key in _INVENTED:
                yield place
            else:
                yield from _paths(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _is_numbered(stem: str, name: str) -> bool:
    """Superset's export puts the instance's number behind the name."""
    return re.fullmatch(rf"{re.escape(_plain(name))}_\d+", stem) is not None
