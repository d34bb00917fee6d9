"""A plan to read, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from superset_sync.diff import MISSING, lines
from superset_sync.plan import Action, Change, Plan

_SIGNS: dict[Action, str] = {"add": "+", "change": "~", "delete": "-"}


def plan_lines(plan: Plan, *, prune: bool = False) -> Iterator[str]:
    """Each asset with its fields, live → as it will be, and below it who changed it live; last a line of counts."""
    for change in plan.changes:
        yield f"{_SIGNS[change.action]} {change.kind.removesuffix('s')} {change.name!r} ({change.file})"
        for field in change.fields:
            yield from (f"    {line}" for line in lines(field))
        if change.is_touched:
            yield f"    {touch(change)}"
        if change.action == "delete" and not prune:
            yield "    dropped from the folders; stays unless --prune"
    if not plan.changes:
        yield "Superset is as the folders say."
        return
    counts = [f"{len(plan.of(action))} to {action}" for action in _SIGNS if plan.of(action)]
    yield f"{', '.join(counts)}."


def touch(change: Change) -> str:
    """Who changed an asset in the browser, and when."""
    if not change.is_known:
        return "it was there before the first apply; --force overwrites it"
    if not change.changed_at:
        return "changed in Superset since it was last applied"
    when = change.changed_at[:16].replace("T", " ")
    return f"changed in Superset by {change.changed_by or 'somebody'} at {when} UTC, since it was last applied"


def plan_json(plan: Plan) -> dict[str, Any]:
    """The same for scripts: `changes`, and the number of assets that were made by hand and are left alone."""
    return {
        "changes": [
            {
                "action": change.action,
                "kind": change.kind.removesuffix("s"),
                "name": change.name,
                "uuid": change.uuid,
                "file": change.file,
                "fields": [
                    {
                        "path": field.path,
                        "live": None if field.before is MISSING else field.before,
                        "repository": None if field.after is MISSING else field.after,
                    }
                    for field in change.fields
                ],
                "changed_live": {"by": change.changed_by, "at": change.changed_at} if change.is_touched else None,
            }
            for change in plan.changes
        ],
        "by_hand": plan.by_hand,
    }
