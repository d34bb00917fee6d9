"""The demo export, read back as a stranger would: from the files, with the definitions of the metrics."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from loaders.demo import write_ga4

END = datetime.date(2026, 11, 21)
USERS = 5000

BACKGROUND = (
    "app_remove",
    "app_clear_data",
    "app_exception",
    "error",
    "os_update",
    "notification_receive",
    "notification_dismiss",
    "firebase_campaign",
)

# What both schemas say of an event, in the terms of GA4.
GA4_LOG = """
    SELECT
        event_name AS name, event_timestamp AS micros, event_date AS date, user_pseudo_id AS user,
        geo.country, platform, app_info.version, event_params AS params, event_previous_timestamp AS previous,
        user_id, user_first_touch_timestamp AS first_touch, geo.city, device.mobile_model_name AS model,
        device.language, device.is_limited_ad_tracking AS limited, traffic_source.medium,
        [{'key': p.key, 'text': p.value.string_value, 'number': p.value.int_value,
            'set_at': p.value.set_timestamp_micros} FOR p IN user_properties] AS properties
    FROM read_parquet($paths)
"""
FIREBASE_LOG = """
    SELECT
        e.name, e.timestamp_micros AS micros, e.date, d.app_info.app_instance_id AS user,
        CASE WHEN d.geo_info.country = 'Turkey' THEN 'Türkiye' ELSE d.geo_info.country END AS country,
        d.app_info.app_platform AS platform, d.app_info.app_version AS version, e.params,
        e.previous_timestamp_micros AS previous,
        d.user_id, d.first_open_timestamp_micros AS first_touch, d.geo_info.city,
        d.device_info.mobile_model_name AS model,
        d.device_info.user_default_language AS language,
        CASE WHEN d.device_info.limited_ad_tracking THEN 'Yes' ELSE 'No' END AS limited,
        d.traffic_source.user_acquired_medium AS medium,
        [{'key': p.key, 'text': p.value.value.string_value, 'number': p.value.value.int_value,
            'set_at': p.value.set_timestamp_usec} FOR p IN d.user_properties] AS properties
    FROM (SELECT user_dim AS d, unnest(event_dim) AS e FROM read_parquet($paths))
"""


def add_log(connection: duckdb.DuckDBPyConnection, name: str, query: str, paths: Sequence[Path]) -> None:
    """Appends the events of the files to the table `name`."""
    exists = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = $name", {"name": name}).fetchone()
    connection.execute(
        f"{f'INSERT INTO {name}' if exists else f'CREATE TABLE {name} AS'} {query}",
        {"paths": [str(path) for path in paths]},
    )


def difference(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """How many events only one of the two tables has, or has more often."""
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM (FROM {one} EXCEPT ALL FROM {other})) "
        f"+ (SELECT count(*) FROM (FROM {other} EXCEPT ALL FROM {one}))"
    ).fetchone()
    assert row is not None
    return int(row[0])


def read(folder: Path) -> duckdb.DuckDBPyConnection:
    """`events` as exported; `active`: a row per user and day of use; `cohorts`: each user's first active day."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW events AS FROM read_parquet('{folder}/events_*.parquet')")
    connection.execute(
        f"""
        CREATE TABLE active AS
        SELECT
            strptime(event_date, '%Y%m%d')::DATE AS date,
            user_pseudo_id AS user,
            arg_max(geo.country, event_timestamp) AS country,
            arg_max(platform, event_timestamp) AS platform,
            arg_max(app_info.version, event_timestamp) AS version,
            count(*) FILTER (event_name = 'take_photo') AS takes
        FROM events
        WHERE user_pseudo_id IS NOT NULL AND event_name NOT IN {BACKGROUND}
        GROUP BY ALL;
        CREATE TABLE cohorts AS SELECT user, min(date) AS cohort FROM active GROUP BY user;
        """
    )
    return connection


@pytest.fixture(scope="session")
def whole_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_ga4(folder, users=USERS, end=END)
    return folder


@pytest.fixture(scope="session")
def whole(whole_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with read(whole_folder) as connection:
        yield connection
