"""The checks of one alert or report: what it asks and shows exists, when it runs, and who is told."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import Any

from superset_sync.alert_settings import SETTINGS, named_settings
from superset_sync.assets import Asset, Assets
from superset_sync.declared import Declared
from superset_sync.lineage import SqlError, resolve
from superset_sync.rules import Finding, Rule

# As Superset's own form takes them.
_ADDRESS = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
_SETTING = re.compile(r"\$\{\w+\}")
_CRONTAB_FIELDS = 5
_WIDTHS = range(600, 2401)
# A page is a picture.
_OF_PAGES = ("PNG", "PDF")


def check_alert(asset: Asset, assets: Assets, declared: Declared) -> Iterator[Finding]:
    """The faults of one alert or report."""
    yield from _check_references(asset, assets)
    yield from _check_question(asset, declared)
    yield from _check_schedule(asset)
    yield from _check_recipients(asset)


def _check_references(asset: Asset, assets: Assets) -> Iterator[Finding]:
    content = asset.content
    shown = [key for key in ("chart", "dashboard") if content.get(key)]
    if len(shown) != 1:
        what = "shows both a chart and a dashboard" if shown else "shows neither a chart nor a dashboard"
        yield Finding(asset.file, what, "name the uuid of one", Rule.ALERTS)
    for key in ("chart", "dashboard", "database"):
        uuid = str(content.get(key) or "").lower()
        if uuid and uuid not in {other.uuid for other in assets.of(f"{key}s")}:
            what = f"{key} {uuid} is in no file of {key}s/"
            yield Finding(asset.file, what, "name the uuid of a file that is there", Rule.REFERENCES)
    if content.get("dashboard") and content.get("report_format", _OF_PAGES[0]) not in _OF_PAGES:
        what = f"sends a dashboard as {content['report_format']}"
        yield Finding(asset.file, what, f"use {' or '.join(_OF_PAGES)}", Rule.ALERTS)
    width = content.get("custom_width")
    if width is not None and width not in _WIDTHS:
        remedy = f"from {_WIDTHS[0]} to {_WIDTHS[-1]} pixels are possible"
        yield Finding(asset.file, f"is {width} pixels wide", remedy, Rule.ALERTS)


def _check_question(asset: Asset, declared: Declared) -> Iterator[Finding]:
    content = asset.content
    asked = [key for key in ("database", "sql", "validator_type") if content.get(key)]
    if content["type"] == "Report":
        for key in asked:
            yield Finding(asset.file, f"is a Report and has {key}", "take it out, or make it an Alert", Rule.ALERTS)
        return
    for key in ("database", "sql", "validator_type"):
        if key not in asked:
            yield Finding(asset.file, f"is an Alert without {key}", "say it", Rule.ALERTS)
    validator: dict[str, Any] = content.get("validator_config_json") or {}
    if content.get("validator_type") == "operator" and not {"op", "threshold"} <= validator.keys():
        what = "compares with an operator, and validator_config_json does not say which and with what"
        yield Finding(asset.file, what, "write op and threshold", Rule.ALERTS)
    if not content.get("sql"):
        return
    try:
        columns = resolve(str(content["sql"]), declared.tables).columns
    except SqlError as fault:
        yield Finding(asset.file, str(fault), "correct the SQL", Rule.ALERTS)
        return
    if len(columns) != 1:
        what = f"its SQL gives {len(columns)} columns"
        yield Finding(asset.file, what, "an alert looks at one value, under a name", Rule.ALERTS)


def _check_schedule(asset: Asset) -> Iterator[Finding]:
    from croniter import croniter  # noqa: PLC0415 - takes as long as all other checks of an alert

    content = asset.content
    crontab = str(content["crontab"])
    if len(crontab.split()) != _CRONTAB_FIELDS or not croniter.is_valid(crontab):
        yield Finding(asset.file, f"crontab {crontab} is none", "write it as `0 9 * * *`", Rule.SCHEDULES)
    zone = content.get("timezone") or "UTC"
    if not _SETTING.fullmatch(zone) and zone not in _zones():
        yield Finding(asset.file, f"timezone {zone} is not known", "write it as Asia/Seoul", Rule.SCHEDULES)
    for key in ("grace_period", "working_timeout", "log_retention"):
        if content.get(key) is not None and content[key] < 1:
            yield Finding(asset.file, f"{key} is {content[key]}", "it is at least 1", Rule.SCHEDULES)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _check_recipients(asset: Asset) -> Iterator[Finding]:
    for name in sorted(set(named_settings(asset.content)) - SETTINGS):
        remedy = f"name one of {', '.join(sorted(SETTINGS))}"
        yield Finding(asset.file, f"names {name}, which is no setting for alerts", remedy, Rule.RECIPIENTS)
    if not asset.content.get("recipients"):
        yield Finding(asset.file, "tells nobody", "add to its recipients", Rule.RECIPIENTS)
    for item in asset.content.get("recipients") or []:
        config = item["recipient_config_json"]
        if not config["target"].strip():
            yield Finding(asset.file, f"{item['type']} has no target", "say whom to tell", Rule.RECIPIENTS)
        if item["type"] == "Email":
            targets = [text for text in config.values() if text]
            for target in (part.strip() for text in targets for part in re.split("[,;]", text)):
                if target and not (_ADDRESS.fullmatch(target) or _SETTING.fullmatch(target)):
                    remedy = "write it as name@example.com, or name a setting"
                    yield Finding(asset.file, f"{target} is no address", remedy, Rule.RECIPIENTS)
