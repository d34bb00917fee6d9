"""The exports in the schema of 2017 hold the same log, bundle by bundle."""

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from loaders.demo import DemoError, write_firebase, write_ga4
from tests.loaders.demo.conftest import END, FIREBASE_LOG, GA4_LOG, add_log, difference

DAY = datetime.timedelta(days=1)
VALUE = "STRUCT(string_value VARCHAR, int_value BIGINT, float_value DOUBLE, double_value DOUBLE)"
COLUMNS = {
    "user_dim": "STRUCT(user_id VARCHAR, first_open_timestamp_micros BIGINT, "
    f'user_properties STRUCT("key" VARCHAR, "value" STRUCT("value" {VALUE}, set_timestamp_usec BIGINT, '
    '"index" BIGINT))[], '
    "device_info STRUCT(device_category VARCHAR, mobile_brand_name VARCHAR, mobile_model_name VARCHAR, "
    "mobile_marketing_name VARCHAR, device_model VARCHAR, platform_version VARCHAR, device_id VARCHAR, "
    "resettable_device_id VARCHAR, user_default_language VARCHAR, device_time_zone_offset_seconds BIGINT, "
    "limited_ad_tracking BOOLEAN), "
    "geo_info STRUCT(continent VARCHAR, country VARCHAR, region VARCHAR, city VARCHAR), "
    "app_info STRUCT(app_version VARCHAR, app_instance_id VARCHAR, app_store VARCHAR, app_platform VARCHAR, "
    "app_id VARCHAR), "
    "traffic_source STRUCT(user_acquired_campaign VARCHAR, user_acquired_source VARCHAR, "
    "user_acquired_medium VARCHAR), "
    "bundle_info STRUCT(bundle_sequence_id BIGINT, server_timestamp_offset_micros BIGINT), "
    "ltv_info STRUCT(revenue DOUBLE, currency VARCHAR))",
    "event_dim": f'STRUCT(date VARCHAR, "name" VARCHAR, params STRUCT("key" VARCHAR, "value" {VALUE})[], '
    "timestamp_micros BIGINT, previous_timestamp_micros BIGINT, value_in_usd DOUBLE)[]",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The whole log of three weeks as `ga4`, and again as `firebase`, with its rows as `bundles`."""
    folder = tmp_path_factory.mktemp("both")
    with duckdb.connect() as connection:
        add_log(connection, "ga4", GA4_LOG, write_ga4(folder / "ga4", days=21, users=700, end=END))
        for platform in ("ANDROID", "IOS"):
            files = write_firebase(folder / platform, platform, days=21, users=700, end=END)
            add_log(connection, "firebase", FIREBASE_LOG, files)
        connection.execute(
            f"""
            CREATE VIEW bundles AS
            SELECT
                *,
                parse_filename(filename)[12:19] AS sent,
                parse_filename(parse_dirpath(filename)) AS folder,
                list_sort(list_distinct([e.date FOR e IN event_dim])) AS dates
            FROM read_parquet(['{folder}/ANDROID/*', '{folder}/IOS/*'], filename = true)
            """
        )
        yield connection


def test_there_is_a_file_a_day_named_after_it(tmp_path: Path) -> None:
    files = write_firebase(tmp_path, "ANDROID", days=3, users=10, end=datetime.date(2026, 3, 1))
    assert [file.name for file in files] == [
        "app_events_20260227.parquet",
        "app_events_20260228.parquet",
        "app_events_20260301.parquet",
    ]
    assert sorted(tmp_path.iterdir()) == files


def test_the_columns_are_those_of_the_export_even_where_there_are_no_rows(tmp_path: Path) -> None:
    files = write_firebase(tmp_path, "IOS", days=1, users=1, seed=2, end=END)
    with duckdb.connect() as connection:
        relation = f"read_parquet('{files[0]}')"
        assert connection.execute(f"SELECT count(*) FROM {relation}").fetchone() == (0,)
        described = connection.execute(f"DESCRIBE FROM {relation}").fetchall()
    assert {name: kind for name, kind, *_ in described} == COLUMNS


def test_both_schemas_hold_the_same_log(both: duckdb.DuckDBPyConnection) -> None:
    events, names, versions, keyless, unknown = both.execute(
        """
        SELECT
            count(*), count(DISTINCT name), count(DISTINCT version), count(*) FILTER (user IS NULL),
            count(*) FILTER (country IS NULL OR country = '')
        FROM ga4
        """
    ).fetchone() or (0, 0, 0, 0, 0)
    assert events > 50_000
    assert (names, versions) == (24, 2)
    assert min(keyless, unknown) > 20
    assert difference(both, "ga4", "firebase") == 0


def test_each_folder_holds_its_own_platform(both: duckdb.DuckDBPyConnection) -> None:
    rows = both.execute(
        "SELECT DISTINCT folder, user_dim.app_info.app_platform, user_dim.app_info.app_id FROM bundles ORDER BY 1"
    ).fetchall()
    assert rows == [("ANDROID", "ANDROID", "app.groundup.camera"), ("IOS", "IOS", "app.groundup.Camera")]


def test_turkey_has_its_name_of_2017(both: duckdb.DuckDBPyConnection) -> None:
    assert both.execute(
        """
        SELECT
            count(*) FILTER (user_dim.geo_info.country = 'Turkey') > 100,
            count(*) FILTER (user_dim.geo_info.country = 'Türkiye'),
            (SELECT count(*) FROM ga4 WHERE country = 'Turkey')
        FROM bundles
        """
    ).fetchone() == (True, 0, 0)


def test_a_bundle_holds_a_session_in_the_order_of_time(both: duckdb.DuckDBPyConnection) -> None:
    assert both.execute(
        """
        SELECT
            count(*) FILTER (len(event_dim) = 0),
            count(*) FILTER (len(micros) <> len(event_dim) OR list_sort(micros) <> micros),
            avg(len(event_dim)) BETWEEN 8 AND 20
        FROM (SELECT event_dim, [e.timestamp_micros FOR e IN event_dim] AS micros FROM bundles)
        """
    ).fetchone() == (0, 0, True)


def test_a_few_bundles_go_over_midnight_and_are_in_the_file_of_the_second_day(both: duckdb.DuckDBPyConnection) -> None:
    total, over, late, strange, before_the_first = both.execute(
        """
        SELECT
            count(*),
            count(*) FILTER (len(dates) = 2),
            count(*) FILTER (dates = [strftime(strptime(sent, '%Y%m%d') - INTERVAL 1 DAY, '%Y%m%d')]),
            count(*) FILTER (
                NOT list_has_all([sent, strftime(strptime(sent, '%Y%m%d') - INTERVAL 1 DAY, '%Y%m%d')], dates)
            ),
            count(*) FILTER (dates[1] < (SELECT min(sent) FROM bundles))
        FROM bundles
        """
    ).fetchone() or (0, 0, 0, 0, 0)
    assert 30 < over < total / 50
    assert late < over  # a second delivery may hold events of the evening only
    assert (strange, before_the_first) == (0, 0)


def test_without_consent_a_bundle_says_nothing_of_its_user(both: duckdb.DuckDBPyConnection) -> None:
    assert both.execute(
        """
        SELECT count(*) > 20, count(user_dim.user_id), count(user_dim.first_open_timestamp_micros),
            sum(len(user_dim.user_properties))
        FROM bundles WHERE user_dim.app_info.app_instance_id IS NULL
        """
    ).fetchone() == (True, 0, 0, 0)


def test_a_part_holds_all_events_of_its_days_and_no_others(tmp_path: Path, both: duckdb.DuckDBPyConnection) -> None:
    first, last = END - 12 * DAY, END - 5 * DAY
    files = write_firebase(tmp_path, "ANDROID", days=21, users=700, end=END, first_day=first, last_day=last)
    assert [file.name for file in files] == [f"app_events_202611{day:02}.parquet" for day in range(9, 17)]
    add_log(both, "part", FIREBASE_LOG, files)
    both.execute(
        "CREATE TEMP TABLE expected AS FROM ga4 WHERE platform = 'ANDROID' AND date BETWEEN $first AND $last",
        {"first": f"{first:%Y%m%d}", "last": f"{last:%Y%m%d}"},
    )
    assert difference(both, "expected", "part") == 0


def test_rows_are_the_same_on_every_machine(tmp_path: Path) -> None:
    # A change here changes everybody's screenshots. It is right after a change of the model, or of DuckDB's hash().
    write_firebase(tmp_path, "ANDROID", days=4, users=40, seed=3, end=datetime.date(2026, 1, 2))
    rows = duckdb.execute(
        "SELECT filename[-16:], user_dim::VARCHAR, event_dim::VARCHAR "
        f"FROM read_parquet('{tmp_path}/*.parquet', file_row_number = true, filename = true) "
        "ORDER BY 1, file_row_number"
    ).fetchall()
    assert (
        hashlib.sha256(repr(rows).encode()).hexdigest()
        == "a2ff99f608aaddf2e18ccacf1f91ea279e9482129789c9618e2042d03e6525a1"
    )


def test_days_are_reported_in_order(tmp_path: Path) -> None:
    seen: list[datetime.date] = []
    write_firebase(tmp_path, "IOS", days=4, users=20, end=END, on_day=seen.append)
    assert seen == [END - DAY * back for back in (3, 2, 1, 0)]


def test_days_out_of_range_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match=r"^The demo app has no 2026-11-22; ask for a day from 2026-11-20 "):
        write_firebase(tmp_path, "IOS", days=2, users=5, end=END, last_day=END + DAY)
