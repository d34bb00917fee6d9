"""A made-up GA4 export for benchmarks: one Parquet file a day, the same for the same arguments.

Only shape and volume matter: about 18 events a user in 30 days with fading activity, nested parameters, 12 event names,
40 countries. What a company's data look like is the demo's business.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

FIRST_DAY = dt.date(2026, 1, 1)

_DAY = """
COPY (
  WITH people AS (
    SELECT i AS u, (hash(i, 's') % ($days + 20))::INT - 20 AS first_day FROM range($users) t(i)
  ),
  active AS (
    SELECT u, first_day
    FROM people
    WHERE first_day <= $day
      AND (first_day = $day OR (hash(u, $day, 'a') % 1000) < 420.0 / (1 + 0.25 * ($day - first_day)) + 60)
  ),
  happened AS (
    SELECT u, first_day, k FROM active, range($most) t(k) WHERE k = 0 OR (hash(u, $day, k, 'n') % 100) < 72
  )
  SELECT
    strftime($date, '%Y%m%d') AS event_date,
    epoch_us($date::TIMESTAMP) + (hash(u, $day, k, 't') % 86400000000)::BIGINT AS event_timestamp,
    CASE
      WHEN k = 0 AND first_day = $day THEN 'first_open'
      WHEN k = 0 THEN 'session_start'
      ELSE [
        'screen_view', 'user_engagement', 'take_photo', 'apply_filter', 'save_photo', 'share_photo', 'follow', 'like',
        'search', 'open_camera'
      ][(hash(u, $day, k, 'e') % 10)::INT + 1]
    END AS event_name,
    [
      {'key': 'ga_session_id', 'value': _value(NULL, (u * 100 + $day)::BIGINT)},
      {'key': 'firebase_screen_class', 'value': _value('Screen' || (hash(u, k) % 20), NULL)},
      {'key': 'filter_name', 'value': _value('filter_' || (hash(u, $day, k, 'f') % 60), NULL)},
      {'key': 'engagement_time_msec', 'value': _value(NULL, (hash(u, $day, k, 'g') % 60000)::BIGINT)}
    ] AS event_params,
    NULL::VARCHAR AS user_id,
    md5(u::VARCHAR) AS user_pseudo_id,
    1767225600000000::BIGINT AS user_first_touch_timestamp,
    {
      'category': 'mobile',
      'operating_system': CASE WHEN u % 10 < 7 THEN 'ANDROID' ELSE 'IOS' END,
      'language': 'en'
    } AS device,
    {
      'continent': 'x',
      'country': 'Country ' || least(39, (hash(u, 'c') % 200) / 3)::INT,
      'region': 'r',
      'city': 'c' || (u % 300)
    } AS geo,
    {'id': 'com.camera', 'version': '7.' || ($day // 7 + hash(u, 'v') % 3)} AS app_info,
    CASE WHEN u % 10 < 7 THEN 'ANDROID' ELSE 'IOS' END AS platform
  FROM happened
) TO '{path}' (FORMAT parquet)
"""
_VALUE = """
CREATE MACRO _value(s, i) AS {
  'string_value': s::VARCHAR, 'int_value': i::BIGINT, 'float_value': NULL::DOUBLE, 'double_value': NULL::DOUBLE
}
"""


def make_export(folder: Path, *, users: int, days: int, most_events: int = 6) -> list[Path]:
    """The daily files of `users` people over `days` days, oldest first; files that are there are left as they are.

    A person who comes has 1 to `most_events` events that day, 28 % fewer than that on average.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(_VALUE)
    paths = []
    for day in range(days):
        date = FIRST_DAY + dt.timedelta(days=day)
        path = folder / f"events_{date:%Y%m%d}.parquet"
        paths.append(path)
        if not path.exists():
            draft = path.with_suffix(".new")
            values = {"users": users, "days": days, "day": day, "date": date, "most": most_events}
            connection.execute(_DAY.replace("{path}", str(draft)), values)
            draft.replace(path)
    return paths


def count_events(paths: list[Path]) -> int:
    """How many events the files hold."""
    row = duckdb.execute("SELECT count(*) FROM read_parquet($paths)", {"paths": [str(p) for p in paths]}).fetchone()
    return int(row[0]) if row else 0
