"""The asset folders, in Superset's own export layout where it has one, read into plain mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

from superset_sync.rules import Finding, Rule

# Each may refer to those before it.
KINDS = ("databases", "datasets", "roles", "charts", "dashboards", "alerts")
# Superset keeps no uuid of these: they are known by what no two of them share.
NAMED = {"roles": ("name",), "alerts": ("type", "name")}
_NAMESPACE = UUID("6f1c8a52-3d0e-5b7e-9a44-0c2f5d1b7e90")


def identity(kind: str, content: Mapping[str, Any]) -> str:
    """What an asset is known by: its uuid, or the one that follows from its name; empty when it does not say."""
    if kind in NAMED:
        names = [str(content.get(key) or "") for key in NAMED[kind]]
        return str(uuid5(_NAMESPACE, "/".join([kind, *names]))) if all(names) else ""
    return str(content.get("uuid") or "").lower()


@dataclass(frozen=True)
class Asset:
    """One file: its path below the root, what it says, and what that amounts to on one instance, where that differs."""

    file: str
    content: dict[str, Any]
    resolved: dict[str, Any] | None = None

    @property
    def uuid(self) -> str:
        """What it is known by; empty when the file does not say."""
        return identity(self.file.partition("/")[0], self.content)

    @property
    def meant(self) -> dict[str, Any]:
        """What is compared with an instance, and written to it: see `superset_sync.resolved`."""
        return self.content if self.resolved is None else self.resolved


@dataclass(frozen=True)
class Assets:
    """All files of the folders, each folder in the order of its paths."""

    databases: tuple[Asset, ...] = ()
    datasets: tuple[Asset, ...] = ()
    charts: tuple[Asset, ...] = ()
    dashboards: tuple[Asset, ...] = ()
    roles: tuple[Asset, ...] = ()
    alerts: tuple[Asset, ...] = ()
    unreadable: tuple[Finding, ...] = field(default=())

    def of(self, kind: str) -> tuple[Asset, ...]:
        """The files of one of `KINDS`."""
        found: tuple[Asset, ...] = getattr(self, kind)
        return found

    def __iter__(self) -> Iterator[tuple[str, Asset]]:
        for kind in KINDS:
            for asset in self.of(kind):
                yield kind, asset


def read_assets(root: Path) -> Assets:
    """Read the folders of all kinds below `root`.

    A file that cannot be read becomes a finding in `unreadable`, so that one broken file does not hide the next.
    """
    found: dict[str, tuple[Asset, ...]] = {}
    unreadable: list[Finding] = []
    for kind in KINDS:
        assets = []
        for path in sorted((root / kind).rglob("*")):
            if path.is_dir():
                continue
            file = path.relative_to(root).as_posix()
            if path.suffix != ".yaml":
                unreadable.append(Finding(file, "is no .yaml file", "rename it, or take it out", Rule.PLACE))
                continue
            try:
                content = load_yaml(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
                unreadable.append(
                    Finding(file, f"cannot be read ({_first_line(error)})", "correct the file", Rule.YAML)
                )
                continue
            if not isinstance(content, dict):
                unreadable.append(Finding(file, "holds no mapping", "write it as Superset exports it", Rule.YAML))
                continue
            assets.append(Asset(file, content))
        found[kind] = tuple(assets)
    return Assets(**found, unreadable=tuple(unreadable))


# Read ten times as fast where PyYAML was built with its C library.
_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc, valid-type]
    """The safe subset of YAML, in which a key that stands twice is a fault: YAML would take the last one silently."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands there twice", key.start_mark)
        seen.add(key.value)
    loader.flatten_mapping(node)
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_yaml(text: str) -> Any:
    """What a file says. Raises yaml.YAMLError, also for a key that stands twice."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe one


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)
