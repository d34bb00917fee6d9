"""The default export holds what a real log holds: parameters, people who travel, and everything that is awkward."""

import duckdb
import pytest

from tests.loaders.demo.conftest import BACKGROUND

PRODUCT = {
    "take_photo": {"camera", "zoom"},
    "apply_filter": {"filter_name"},
    "save_photo": {"format"},
    "share_photo": {"network"},
    "follow": {"source"},
    "like": {"content_type"},
    "search": {"search_term"},
    "open_camera": set(),
    "edit_photo": {"tool"},
    "record_video": {"duration_s"},
    "comment": {"length"},
    "view_profile": {"own"},
}
AUTOMATIC = {
    "first_open": {"previous_first_open_count", "update_with_analytics"},
    "session_start": set(),
    "screen_view": {"engagement_time_msec"},
    "user_engagement": {"engagement_time_msec"},
    "app_update": {"previous_app_version"},
    "os_update": {"previous_os_version"},
    "app_remove": set(),
    "app_exception": {"fatal"},
    "notification_receive": {"message_name"},
    "notification_dismiss": {"message_name"},
    "notification_open": {"message_name"},
    "firebase_campaign": {"source", "medium", "campaign"},
}
SESSION = {"ga_session_id", "ga_session_number", "engaged_session_event", "firebase_screen", "firebase_screen_class"}
OUTSIDE = {"app_remove", "os_update", "notification_receive", "notification_dismiss"}


def values_of(export: duckdb.DuckDBPyConnection, event: str, key: str) -> set[object]:
    return {
        value
        for (value,) in export.execute(
            """
            SELECT DISTINCT coalesce(param.value.string_value, param.value.int_value::VARCHAR)
            FROM (SELECT unnest(event_params) AS param FROM events WHERE event_name = $event) WHERE param.key = $key
            """,
            {"event": event, "key": key},
        ).fetchall()
    }


def test_every_event_carries_its_parameters_and_no_others(whole: duckdb.DuckDBPyConnection) -> None:
    found = {
        name: set(keys)
        for name, keys in whole.execute(
            """
            SELECT event_name, list(DISTINCT key)
            FROM (SELECT event_name, unnest(event_params).key AS key FROM events) GROUP BY 1
            """
        ).fetchall()
    }
    assert found == {
        name: own | {"firebase_event_origin"} | (set() if name in OUTSIDE else SESSION)
        for name, own in (PRODUCT | AUTOMATIC).items()
    }


def test_every_kind_of_event_is_frequent_enough_to_be_seen(whole: duckdb.DuckDBPyConnection) -> None:
    counts = dict(whole.execute("SELECT event_name, count(*) FROM events GROUP BY 1").fetchall())
    assert min(counts.values()) > 100
    assert counts["take_photo"] > counts["apply_filter"] > counts["save_photo"] > counts["share_photo"]


def test_a_parameter_has_one_value_and_a_key_once_an_event(whole: duckdb.DuckDBPyConnection) -> None:
    assert whole.execute(
        """
        SELECT
            count(*) FILTER (
                (p.value.string_value IS NOT NULL)::INT + (p.value.int_value IS NOT NULL)::INT
                + (p.value.float_value IS NOT NULL)::INT + (p.value.double_value IS NOT NULL)::INT <> 1
            ),
            count(*) FILTER (len(keys) <> len(list_distinct(keys)))
        FROM (SELECT unnest(event_params) AS p, [e.key FOR e IN event_params] AS keys FROM events
            WHERE event_date >= '20261110')
        """
    ).fetchone() == (0, 0)


@pytest.mark.parametrize(
    ("event", "key", "expected"),
    [
        ("apply_filter", "filter_name", {"Señorita", "벚꽃", "Ночь", "夏", "🌈 Rainbow", "Café", 'O\'Hara "B&W"'}),
        ("search", "search_term", {"غروب", "दिवाली", "gün batımı", "закат", "한강"}),
        ("share_photo", "network", {"Instagram", "KakaoTalk", "VK"}),
        ("edit_photo", "tool", {"crop", "beautify"}),
        ("screen_view", "firebase_screen", {"Camera", "Café Collection", "夏祭り Challenge"}),
        ("firebase_campaign", "campaign", {"Verão em foco"}),
    ],
)
def test_values_come_in_many_scripts(
    whole: duckdb.DuckDBPyConnection, event: str, key: str, expected: set[str]
) -> None:
    assert expected <= values_of(whole, event, key)


def test_places_come_in_many_scripts(whole: duckdb.DuckDBPyConnection) -> None:
    cities = {city for (city,) in whole.execute("SELECT DISTINCT geo.city FROM events").fetchall()}
    assert {"İstanbul", "São Paulo", "부산광역시", "Казань", "القاهرة", "渋谷区", "लखनऊ"} <= cities


def test_videos_and_engagement_last_a_believable_time(whole: duckdb.DuckDBPyConnection) -> None:
    seconds = {int(str(value)) for value in values_of(whole, "record_video", "duration_s")}
    assert 2 <= min(seconds) < max(seconds) <= 60
    milliseconds = {int(str(value)) for value in values_of(whole, "user_engagement", "engagement_time_msec")}
    assert 1_000 <= min(milliseconds) < max(milliseconds) <= 60_000


def test_sessions_are_numbered_without_a_gap_and_in_the_order_of_time(whole: duckdb.DuckDBPyConnection) -> None:
    row = whole.execute(
        """
        WITH starts AS (
            SELECT DISTINCT
                user_pseudo_id AS user,
                [p.value.int_value FOR p IN event_params IF p.key = 'ga_session_id'][1] AS id,
                [p.value.int_value FOR p IN event_params IF p.key = 'ga_session_number'][1] AS number,
                event_timestamp
            FROM events WHERE event_name = 'session_start'
        )
        SELECT
            count(*) > 50000,
            count(*) FILTER (id <> event_timestamp // 1000000),
            count(*) FILTER (follows IS NOT NULL AND number <> follows + 1),
            count(*) FILTER (follows IS NULL AND number > 1) > 0
        FROM (SELECT *, lag(number) OVER (PARTITION BY user ORDER BY event_timestamp) AS follows FROM starts)
        """
    ).fetchone()
    # Those of the open beta have had sessions before the first day.
    assert row == (True, 0, 0, True)


def test_most_users_open_the_app_for_the_first_time_in_the_period_and_a_few_did_before(
    whole: duckdb.DuckDBPyConnection,
) -> None:
    opened, early = whole.execute(
        """
        SELECT
            count(DISTINCT user_pseudo_id) FILTER (event_name = 'first_open'),
            count(DISTINCT user_pseudo_id) FILTER (user_first_touch_timestamp < first)
        FROM events, (SELECT min(event_timestamp) AS first FROM events)
        """
    ).fetchone() or (0, 0)
    assert opened + early == 5000
    assert 100 < early < 300


def test_some_users_are_seen_in_another_country_on_another_day_or_within_one(whole: duckdb.DuckDBPyConnection) -> None:
    between, within = whole.execute(
        """
        WITH user_days AS (
            SELECT user_pseudo_id AS user, event_date, list(DISTINCT nullif(geo.country, '')) AS countries
            FROM events WHERE user_pseudo_id IS NOT NULL GROUP BY ALL
        ),
        moved AS (
            SELECT user, count(DISTINCT countries) AS kinds FROM user_days WHERE len(countries) = 1 GROUP BY user
        )
        SELECT
            (SELECT count(*) FROM moved WHERE kinds > 1),
            (SELECT count(*) FROM user_days WHERE len(countries) > 1)
        """
    ).fetchone() or (0, 0)
    assert 100 < between < 1_000
    assert 100 < within < 1_000


def test_some_users_last_active_events_of_a_day_tie_in_two_countries(whole: duckdb.DuckDBPyConnection) -> None:
    ties = whole.execute(
        f"""
        SELECT count(*) FROM (
            SELECT user_pseudo_id, event_date, geo.country AS country, event_timestamp
            FROM events WHERE user_pseudo_id IS NOT NULL AND event_name NOT IN {BACKGROUND}
            QUALIFY event_timestamp = max(event_timestamp) OVER (PARTITION BY user_pseudo_id, event_date)
        ) GROUP BY user_pseudo_id, event_date HAVING count(DISTINCT country) > 1
        """
    ).fetchall()
    assert len(ties) >= 5


def test_different_events_share_a_timestamp(whole: duckdb.DuckDBPyConnection) -> None:
    ties = whole.execute(
        "SELECT 1 FROM events GROUP BY user_pseudo_id, event_timestamp HAVING count(DISTINCT event_name) > 1"
    ).fetchall()
    assert len(ties) > 1_000


def test_some_days_of_some_users_pass_in_the_background(whole: duckdb.DuckDBPyConnection) -> None:
    names = dict(
        whole.execute(
            f"""
            WITH user_days AS (
                SELECT user_pseudo_id, event_date, list(DISTINCT event_name) AS names
                FROM events WHERE user_pseudo_id IS NOT NULL GROUP BY ALL
                HAVING bool_and(event_name IN {BACKGROUND})
            )
            SELECT unnest(names), count(*) FROM user_days GROUP BY 1
            """
        ).fetchall()
    )
    assert names["notification_receive"] > 1_000
    assert names["app_remove"] > 500


def test_nobody_comes_back_after_removing_the_app(whole: duckdb.DuckDBPyConnection) -> None:
    assert whole.execute(
        """
        SELECT count(*) FROM events JOIN (
            SELECT user_pseudo_id, max(event_timestamp) AS removed FROM events
            WHERE event_name = 'app_remove' AND user_pseudo_id IS NOT NULL GROUP BY 1
        ) USING (user_pseudo_id) WHERE event_timestamp > removed
        """
    ).fetchone() == (0,)


def test_a_few_events_have_no_user_and_no_consent(whole: duckdb.DuckDBPyConnection) -> None:
    share, consistent = whole.execute(
        """
        SELECT
            avg((user_pseudo_id IS NULL)::INT),
            bool_and((user_pseudo_id IS NULL) = (privacy_info.analytics_storage = 'No'))
            AND count(*) FILTER (user_pseudo_id IS NULL AND user_id IS NOT NULL) = 0
        FROM events
        """
    ).fetchone() or (0, False)
    assert 0.0003 < share < 0.003
    assert consistent


def test_some_events_are_delivered_twice_in_every_column(whole: duckdb.DuckDBPyConnection) -> None:
    total, distinct = whole.execute(
        "WITH week AS (FROM events WHERE event_date >= '20261115') "
        "SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM week)) FROM week"
    ).fetchone() or (0, 0)
    assert 0.001 < 1 - distinct / total < 0.01
