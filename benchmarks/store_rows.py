"""The rows that every loader of the store's benchmark is handed: `event_params`, the same ones every time."""

from __future__ import annotations

import datetime as dt
import random
import zlib
from collections.abc import Iterator
from itertools import product

import pyarrow as pa

from loaders.catalog import Table

ROWS_A_DAY = 10_000
_FIRST_DAY = dt.date(2026, 1, 1)
_PLATFORMS = ("ANDROID", "IOS")
# Values as apps send them; the last ones are what breaks a loader that escapes by half.
_VALUES = {
    ("screen_view", "screen"): ("Camera", "Editor", "Gallery", "Feed", "Profile", "Store", "Settings", "Onboarding"),
    ("share", "method"): ("instagram", "kakao_talk", "line", "whatsapp", "facebook", "save_to_phone", "link", "x"),
    ("take_photo", "filter"): (
        *(f"{tone} {n}" for tone in ("Bloom", "Film", "Mono", "Dusk", "서울", "Été", "Ünder") for n in range(1, 11)),
        "a\tb",
        "a\nb",
        "a\r\nb",
        "back\\slash",
        "\\N",
        "\\",
        "NULL",
        "'single' and \"double\"",
        "100 % of %s, %(name)s",
        "comma, semicolon;",
        "🌈📸",
        "\u202eright to left",
        "nul\0byte",
        "ж" * 255,
    ),
}  # fmt: skip
_COUNTRIES = (
    "(unknown)", "Argentina", "Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "China",
    "Colombia", "Czechia", "Côte d’Ivoire", "Denmark", "Egypt", "Finland", "France", "Germany", "Greece",
    "Hong Kong", "Hungary", "India", "Indonesia", "Ireland", "Israel", "Italy", "Japan", "Malaysia", "Mexico",
    "Morocco", "Netherlands", "New Zealand", "Norway", "Peru", "Philippines", "Poland", "Portugal", "Romania",
    "Saudi Arabia", "Singapore", "South Africa", "South Korea", "Spain", "Sweden", "Switzerland", "Taiwan",
    "Thailand", "Türkiye", "United Kingdom", "United States", "Vietnam",
)  # fmt: skip


def event_params(days: int) -> pa.Table:
    """`days` times ROWS_A_DAY rows in the order of the key, as the warehouse gives them."""
    chance = random.Random(7)  # noqa: S311
    dates = [_FIRST_DAY + dt.timedelta(days=day) for day in range(days)]
    params = sorted((*name, value) for name, values in _VALUES.items() for value in values)
    countries = sorted(_COUNTRIES)
    keys = [(day, *param, *rest) for day, param, rest in product(dates, params, product(countries, _PLATFORMS))]
    users = [int(min(chance.paretovariate(0.9), 1e6)) for _ in keys]
    events = [count + int(count * chance.expovariate(0.5)) for count in users]
    columns = zip(*keys, strict=True)
    names = ("event_name", "param_key", "param_value", "country", "platform")
    return pa.table(
        {
            "date": pa.array(next(columns), pa.date32()),
            **{name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)},
            "events": pa.array(events, pa.int64()),
            "users": pa.array(users, pa.int64()),
        }
    )


def checksum(rows: pa.Table) -> tuple[int, int]:
    """The rows' number and the sum of their CRC32s, as `checksum_query` lets MySQL compute them."""
    return rows.num_rows, sum(zlib.crc32(",".join(row).encode()) for row in _written(rows))


def checksum_query(table: Table) -> str:
    """The statement whose one row equals `checksum` when a table holds exactly those rows. No column may be NULL."""
    columns = ", ".join(
        f"HEX(`{column.name}`)" if column.type == "STRING" else f"`{column.name}`" for column in table.columns
    )
    return f"SELECT COUNT(*), SUM(CRC32(CONCAT_WS(',', {columns}))) FROM `{table.name}`"


def _written(rows: pa.Table) -> Iterator[tuple[str, ...]]:
    # Texts in hexadecimal digits, so that no text can look like the end of a column.
    columns = (
        [value.encode().hex().upper() if isinstance(value, str) else str(value) for value in column.to_pylist()]
        for column in rows.columns
    )
    return zip(*columns, strict=True)
