"""The kinds of events that the demo app logs, and how often."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of event.

    `rule` says when it happens: `mean` a day of use brings `per_mille / 1000` of them on average; the others are
    occasions that `events.sql` knows by name.
    """

    name: str
    rule: str
    per_mille: int  # occurrences per 1,000 active user-days
    personal: bool  # keen users do it more often, and everybody more on a good day
    lifted: bool  # the release makes people do it more often
    in_session: bool
    phase: int  # where in a burst of actions it comes, in hundredths of the gap between two bursts
    screen: str | None


KINDS = (
    Kind("first_open", "install", 0, False, False, True, 0, "Camera"),
    Kind("firebase_campaign", "campaign", 0, False, False, True, 0, None),
    Kind("session_start", "session", 0, False, False, True, 0, None),
    Kind("app_update", "update", 0, False, False, True, 0, None),
    Kind("notification_open", "mean", 60, False, False, True, 2, None),
    Kind("screen_view", "mean", 5200, False, False, True, 5, None),
    Kind("open_camera", "mean", 2300, True, False, True, 10, "Camera"),
    Kind("take_photo", "mean", 4000, True, True, True, 20, "Camera"),
    Kind("record_video", "mean", 350, True, False, True, 25, "Camera"),
    Kind("apply_filter", "mean", 2900, True, True, True, 35, "Editor"),
    Kind("edit_photo", "mean", 900, True, False, True, 45, "Editor"),
    Kind("save_photo", "mean", 2300, True, True, True, 55, "Editor"),
    Kind("share_photo", "mean", 650, True, False, True, 65, "Editor"),
    Kind("like", "mean", 1800, True, False, True, 70, "Feed"),
    Kind("comment", "mean", 180, True, False, True, 75, "Feed"),
    Kind("follow", "mean", 220, True, False, True, 80, "Profile"),
    Kind("view_profile", "mean", 550, True, False, True, 78, "Profile"),
    Kind("search", "mean", 420, True, False, True, 60, "Search"),
    Kind("user_engagement", "mean", 3600, False, False, True, 95, None),
    Kind("app_exception", "mean", 15, False, False, True, 50, None),
    Kind("os_update", "mean", 8, False, False, False, 0, None),
    Kind("notification_receive", "notification", 350, False, False, False, 0, None),
    Kind("notification_dismiss", "dismissal", 90, False, False, False, 0, None),
    Kind("app_remove", "removal", 0, False, False, False, 0, None),
)

# What the SDK logs by itself.
AUTOMATIC = frozenset(
    (
        "first_open",
        "firebase_campaign",
        "session_start",
        "app_update",
        "screen_view",
        "user_engagement",
        "app_exception",
        "os_update",
        "app_remove",
    )
)
