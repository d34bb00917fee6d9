"""What a role may do, as its file says it: based on other roles, also some permissions, never others.

A permission is written as `can_write on Chart`. Superset declares a few hundred and judges each for its own roles; ours
start from those judgements, so that a new Superset's new permissions fall into place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# Superset's own; it writes them anew itself.
BUILT_IN = ("Admin", "Alpha", "Gamma", "Public", "sql_lab")
# Those of them that a role may start from.
BASES = ("Gamma", "Alpha", "sql_lab")
# Permission → those of `BASES` that have it.
Judged = Mapping[str, frozenset[str]]
Roles = Mapping[str, Mapping[str, Any]]


def permissions_of(role: Mapping[str, Any], judged: Judged, roles: Roles) -> frozenset[str]:
    """Everything that a role may do. `roles`: the files by name, for those that it is based on.

    `also` wins over `never`. Raises KeyError for a base that is neither Superset's nor among `roles`.
    """
    if "permissions" in role:
        return frozenset(role["permissions"])
    found: set[str] = set()
    for base in role.get("based_on") or ():
        if base in BASES:
            found |= {permission for permission, having in judged.items() if base in having}
        else:
            # Without itself, so that a circle ends.
            others = {name: other for name, other in roles.items() if name != base}
            found |= permissions_of(roles[base], judged, others)
    is_excluded = matcher(role.get("never") or ())
    return frozenset({permission for permission in found if not is_excluded(permission)} | set(role.get("also") or ()))


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a permission is one of `patterns`, in which `*` stands for anything."""
    parts = [".*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns]
    expression = re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)")
    return lambda permission: expression.fullmatch(permission) is not None


def role_as_file(
    live: Mapping[str, Any], file: Mapping[str, Any] | None, judged: Judged, roles: Roles
) -> dict[str, Any]:
    """What a file has to say for the role to be as it is live: `file` with the least change.

    Without one, the role is based on whatever is nearest to it.
    """
    if file is None:
        bases = [(), ("Gamma",), ("Alpha",), ("Alpha", "sql_lab"), *((name,) for name in roles)]
        files = [_corrected(live, {"name": live["name"], "based_on": list(base)}, judged, roles) for base in bases]
        return min(files, key=lambda made: len(made["also"]) + len(made["never"]))
    return _corrected(live, file, judged, roles)


def _corrected(live: Mapping[str, Any], file: Mapping[str, Any], judged: Judged, roles: Roles) -> dict[str, Any]:
    wanted = frozenset(live["permissions"])
    gained = wanted - permissions_of(file, judged, roles)
    lost = permissions_of(file, judged, roles) - wanted
    never = [item for item in file.get("never") or () if item not in gained]
    without = {**file, "never": never, "also": [item for item in file.get("also") or () if item not in lost]}
    # What comes back from the bases by itself is not said again.
    without["also"] += sorted(wanted - permissions_of(without, judged, roles))
    without["never"] = [*never, *sorted(permissions_of(without, judged, roles) - wanted)]
    return {
        "name": live["name"],
        "description": file.get("description"),
        **{key: without.get(key) or [] for key in ("based_on", "also", "never")},
        "row_filters": live["row_filters"],
    }
