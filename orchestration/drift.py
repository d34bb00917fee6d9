"""What differs between the asset folders and the live Superset, in a sentence. Pure decisions over a plan's JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_MOST_NAMED = 5


def verdict(changes: Sequence[Mapping[str, Any]]) -> str:
    """Which assets differ, who changed them where that is known, and what to type."""
    if not changes:
        return "Superset is as the folders say."
    named = ", ".join(_named(change) for change in changes[:_MOST_NAMED])
    more = f" and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
    return (
        f"Superset and the folders differ in {named}{more}; take the browser's into the folders by "
        "`groundup assets export`, or publish the folders' by `groundup assets apply`."
    )


def _named(change: Mapping[str, Any]) -> str:
    return f"{change['kind']} {change['name']!r} ({_why(change)})"


def _why(change: Mapping[str, Any]) -> str:
    live = change["changed_live"]
    if live:
        when = f" at {live['at'][:16].replace('T', ' ')} UTC" if live["at"] else ""
        return f"changed in Superset by {live['by'] or 'somebody'}{when}"
    return {
        "add": "not in Superset",
        "change": "changed in the folders and not applied",
        "delete": "dropped from the folders and still there",
    }[str(change["action"])]
