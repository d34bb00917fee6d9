"""What a company may choose in metrics.yaml, with the values that it comes with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definitions:
    """The settings that figures depend on."""

    background_events: frozenset[str] = frozenset(
        {
            "app_remove",
            "app_clear_data",
            "app_exception",
            "error",
            "os_update",
            "notification_receive",
            "notification_dismiss",
            "firebase_campaign",
        }
    )
    mau_days: int = 28
    take_events: frozenset[str] = frozenset({"take_photo"})
    # Old name, name in the reports.
    country_aliases: frozenset[tuple[str, str]] = frozenset(
        {
            ("Turkey", "Türkiye"),
            ("Czech Republic", "Czechia"),
            ("Macedonia (FYROM)", "North Macedonia"),
            ("Swaziland", "Eswatini"),
        }
    )
    excluded_events: frozenset[str] = frozenset(
        {
            "user_engagement",
            "session_start",
            "os_update",
            "firebase_campaign",
            "app_exception",
            "error",
            "notification_receive",
            "notification_dismiss",
        }
    )
    # Event, key, and how many values keep their name (None: all).
    event_params: frozenset[tuple[str, str, int | None]] = frozenset(
        {
            ("apply_filter", "filter_name", None),
            ("edit_photo", "tool", None),
            ("share_photo", "network", None),
            ("search", "search_term", 50),
        }
    )
    retention_days: frozenset[int] = frozenset({*range(31), 60, 90})
