"""The tables that reports are made of."""

from typing import Any

from tests.reference.log import Log, Table


def events_flat(log: Log) -> list[dict[str, Any]]:
    """The events, counted by all that is kept of them, their dimensions normalised; and when each last happened."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for e in log.events:
        place = e.dimensions
        alike = (e.day, e.source, e.name, e.user, place.country, place.platform, e.app_version, tuple(sorted(e.params)))
        found.setdefault(alike, []).append(e.timestamp)
    return [
        {
            "date": day,
            "source": source,
            "event_timestamp": max((moment for moment in moments if moment is not None), default=None),
            "event_name": name,
            "user_key": user,
            "country": country,
            "platform": platform,
            "app_version": version,
            "params": [{"key": key, "value": value} for key, value in params],
            "events": len(moments),
        }
        for (day, source, name, user, country, platform, version, params), moments in found.items()
    ]


def user_days(log: Log) -> Table:
    """One row per user and active day."""
    return {
        (day, user): {"country": where.country, "platform": where.platform}
        for user, active in log.active_days.items()
        for day, where in active.items()
    }


def users(log: Log) -> Table:
    """One row per user that was ever active: the first active day, and where that was."""
    return {
        (user,): {
            "first_day": min(active),
            "country": active[min(active)].country,
            "platform": active[min(active)].platform,
        }
        for user, active in log.active_days.items()
    }
