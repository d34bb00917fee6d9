"""The demo export, read back as a stranger would: from the files, with the definitions of the metrics."""

import datetime
from collections.abc import Iterator
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
