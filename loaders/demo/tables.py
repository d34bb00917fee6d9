"""The demo app in an embedded database: catalogues, chance, users and their days, out of which come the events."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from loaders.demo import curves, values
from loaders.demo.countries import COUNTRIES
from loaders.demo.kinds import AUTOMATIC, KINDS
from loaders.exports import export_schema

PROPERTY_MINUTES = 9 * 60  # Asia/Seoul has no daylight saving time
_MICROS = 1_000_000
_SLOTS = 1_000
_SQL = Path(__file__).parent / "sql"
_SCRIPTS = (
    "draws", "ga4_types", "users", "user_days", "profiles", "events", "deliveries", "params", "ga4_day", "firebase_day",
)  # fmt: skip


def build(*, days: int, users: int, seed: int, end: datetime.date) -> duckdb.DuckDBPyConnection:
    """An in-memory database whose table macros give the exports of one day, 0 to `days` - 1.

    They are `ga4_day(day)` and, with the days between which bundles may go over midnight,
    `firebase_day(day, platform, since, until)`.
    Queries run on one thread each, so that rows come in one order on every machine; open a cursor per thread.
    """
    connection = duckdb.connect(
        ":memory:",
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False},
    )
    first = end - datetime.timedelta(days - 1)
    for name, rows in _tables(first, days).items():
        connection.register("given", pa.Table.from_pylist(list(rows)))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
    for name, value in _constants(first, days, users, seed).items():
        connection.execute(f"CREATE MACRO {name}() AS {_literal(value)}")
    for field in export_schema("firebase"):
        connection.execute(f"CREATE TYPE {field.name} AS {field.duckdb_type}")
    for script in _SCRIPTS:
        connection.execute((_SQL / f"{script}.sql").read_text(encoding="utf-8"))
    return connection


def _tables(first: datetime.date, days: int) -> dict[str, Iterable[Mapping[str, Any]]]:
    return {
        "countries": _numbered(COUNTRIES),
        "devices": _numbered(values.DEVICES),
        "channels": _numbered(values.CHANNELS),
        "searches": [{"spoken": spoken, "terms": list(terms)} for spoken, terms in values.SEARCH_TERMS.items()],
        "kinds": [
            {"kind": number, "automatic": kind.name in AUTOMATIC, **kind._asdict()} for number, kind in enumerate(KINDS)
        ],
        "ages": [
            {
                "age": age,
                "using": curves.using(age),
                "using_before": curves.using(max(age - 1, 0)),
                "frequency": curves.interpolate(curves.FREQUENCY, age),
            }
            for age in range(days)
        ],
        "calendar": [
            {
                "day": day,
                "event_date": f"{date:%Y%m%d}",
                "use": curves.WEEKDAY_USE[date.weekday()],
                "midnight_micros": (date.toordinal() - _EPOCH) * 86_400 * _MICROS - PROPERTY_MINUTES * 60 * _MICROS,
            }
            for day, date in enumerate(first + datetime.timedelta(day) for day in range(days))
        ],
    }


def _constants(first: datetime.date, days: int, users: int, seed: int) -> dict[str, Any]:
    digest = hashlib.sha256(str(seed).encode()).digest()
    return {
        "app_days": days,
        "app_users": users,
        "seed_text": str(seed),
        "seed_key": int.from_bytes(digest[:7], "big"),
        "property_minutes": PROPERTY_MINUTES,
        "release_day": curves.release_day(days),
        "roll_out_days": len(curves.ROLL_OUT),
        "push_day": curves.push_day(days),
        "push_country": next(number for number, c in enumerate(COUNTRIES) if c.name == values.PUSH_COUNTRY),
        "push_campaign": values.PUSH_CAMPAIGN,
        "install_urn": curves.urn(curves.install_weights(first, days), 10 * _SLOTS),
        "country_urn": curves.urn([country.weight for country in COUNTRIES], 10 * _SLOTS),
        # One slot a user in a hundred; NULL is never offered the release.
        "release_urn": [day for day, share in enumerate(curves.ROLL_OUT) for _ in range(share)]
        + [None] * (100 - sum(curves.ROLL_OUT)),
        "hour_urn": curves.urn(values.HOUR_WEIGHTS, _SLOTS),
        "android_urn": _urn_of(values.DEVICES, "ANDROID"),
        "ios_urn": _urn_of(values.DEVICES, "IOS"),
        "android_channel_urn": _urn_of(values.CHANNELS, "ANDROID"),
        "ios_channel_urn": _urn_of(values.CHANNELS, "IOS"),
        "filter_urn": _texts(values.FILTERS, values.FILTER_WEIGHTS),
        "tool_urn": _texts(values.TOOLS, values.TOOL_WEIGHTS),
        "network_urn": _texts(values.NETWORKS, values.NETWORK_WEIGHTS),
        "screen_urn": _texts(values.SCREENS, values.SCREEN_WEIGHTS),
        "message_urn": _texts(values.MESSAGES, values.MESSAGE_WEIGHTS),
    }


_EPOCH = datetime.date(1970, 1, 1).toordinal()


def _numbered(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"id": number, **row._asdict()} for number, row in enumerate(rows)]


def _texts(choices: Sequence[str], weights: Sequence[int]) -> list[str]:
    return [choices[index] for index in curves.urn(weights, 100)]


def _urn_of(rows: Sequence[values.Device] | Sequence[values.Channel], platform: str) -> list[int]:
    return curves.urn([row.weight if row.platform == platform else 0 for row in rows], _SLOTS)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
