"""The tables that reports are made of."""

from typing import Any

from tests.reference.log import Log, Table


def events_flat(log: Log) -> list[dict[str, Any]]:
    """Every event as it was delivered, its dimensions normalised."""
    return [
        {
            "date": e.day,
            "source": e.source,
            "event_timestamp": e.timestamp,
            "event_name": e.name,
            "user_key": e.user,
            "country": e.dimensions.country,
            "platform": e.dimensions.platform,
            "app_version": e.app_version,
            "params": [{"key": key, "value": value} for key, value in e.params],
        }
        for e in log.events
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
