"""Who an alert goes to is no business of the repository: its file names settings, `${GROUNDUP_REPORT_MAIL_TO}`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from superset_sync.named_settings import fill, names_in

SETTINGS = frozenset(
    {
        "GROUNDUP_ALERT_MAIL_TO",
        "GROUNDUP_ALERT_SLACK_CHANNEL",
        "GROUNDUP_REPORT_MAIL_TO",
        "GROUNDUP_REPORT_SLACK_CHANNEL",
        "GROUNDUP_REPORT_TIMEZONE",
    }
)
_TARGETS = ("target", "ccTarget", "bccTarget")


def named_settings(alert: Mapping[str, Any]) -> Iterator[str]:
    """The settings that a file names."""
    for text in [alert.get("timezone"), *_targets(alert)]:
        yield from names_in(text) if isinstance(text, str) else ()


def filled_in(alert: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The alert with its settings' values. Recipients that are not set are left out; without any, it sleeps."""
    found = copy.deepcopy(dict(alert))
    if isinstance(found.get("timezone"), str):
        found["timezone"] = _fill(found["timezone"], settings)
    recipients = []
    for item in found.get("recipients") or []:
        config = dict(item.get("recipient_config_json") or {})
        for key in _TARGETS:
            if isinstance(config.get(key), str):
                config[key] = _fill(config[key], settings)
        if config.get("target"):
            recipients.append({**item, "recipient_config_json": config})
    found["recipients"] = recipients
    if not recipients:
        found["active"] = False
    return found


def _fill(text: str, settings: Mapping[str, str]) -> str:
    filled = fill(text, settings)
    return ", ".join(part.strip() for part in filled.split(",") if part.strip()) if "${" in text else text


def _targets(alert: Mapping[str, Any]) -> Iterator[Any]:
    for item in alert.get("recipients") or []:
        config = item.get("recipient_config_json") if isinstance(item, dict) else None
        yield from (config.get(key) for key in _TARGETS) if isinstance(config, dict) else ()
