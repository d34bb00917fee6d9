"""The figures of the default export are those of an app that a board would recognise."""

import datetime

import duckdb
import pytest

from tests.loaders.demo.conftest import END, USERS

FIRST = END - datetime.timedelta(days=59)
RELEASE = FIRST + datetime.timedelta(days=33)
PUSH = FIRST + datetime.timedelta(days=42)


def test_the_period_has_exactly_the_users_asked_for(whole: duckdb.DuckDBPyConnection) -> None:
    assert whole.execute("SELECT count(DISTINCT user_pseudo_id) FROM events").fetchone() == (USERS,)
    assert whole.execute("SELECT count(*) FROM cohorts").fetchone() == (USERS,)


@pytest.mark.parametrize(("day", "percent"), [(1, 45), (7, 25), (30, 12)])
def test_retention(whole: duckdb.DuckDBPyConnection, day: int, percent: int) -> None:
    row = whole.execute(
        """
        SELECT 100.0 * count(active.user) / count(*)
        FROM cohorts LEFT JOIN active ON active.user = cohorts.user AND active.date = cohort + $day::INT
        WHERE cohort + $day::INT <= $end
        """,
        {"day": day, "end": END},
    ).fetchone()
    assert row is not None
    assert abs(row[0] - percent) <= 3


def test_daily_users_are_several_hundred_and_grow_after_the_launch(whole: duckdb.DuckDBPyConnection) -> None:
    daily = [n for (n,) in whole.execute("SELECT count(*) FROM active GROUP BY date ORDER BY date").fetchall()]
    assert len(daily) == 60
    assert all(300 <= users <= 2_000 for users in daily)
    assert sum(daily[-7:]) > 1.5 * sum(daily[14:21])


def test_no_single_day_introduces_a_tenth_of_the_users(whole: duckdb.DuckDBPyConnection) -> None:
    news = [n for (n,) in whole.execute("SELECT count(*) FROM cohorts GROUP BY cohort").fetchall()]
    assert len(news) == 60
    assert max(news) < USERS / 10


def test_takes_per_user(whole: duckdb.DuckDBPyConnection) -> None:
    daily = [t for (t,) in whole.execute("SELECT sum(takes) / count(*) FROM active GROUP BY date").fetchall()]
    assert all(3 <= takes <= 6 for takes in daily)


def test_weekends_are_busier_in_every_week_after_the_launch(whole: duckdb.DuckDBPyConnection) -> None:
    weeks = whole.execute(
        """
        SELECT
            count(*) FILTER (isodow(date) >= 6) / 2 > 1.1 * count(*) FILTER (isodow(date) <= 4) / 4
        FROM active
        WHERE date >= $first + 7
        GROUP BY date_trunc('week', date)
        HAVING count(DISTINCT date) = 7
        """,
        {"first": FIRST},
    ).fetchall()
    assert weeks == [(True,)] * 6


def test_the_release_rolls_out_over_a_week(whole: duckdb.DuckDBPyConnection) -> None:
    shares = dict(
        whole.execute("SELECT date, avg((version = '1.1.0')::INT) FROM active GROUP BY date ORDER BY date").fetchall()
    )
    assert all(share == 0 for date, share in shares.items() if date < RELEASE)
    week = [shares[RELEASE + datetime.timedelta(days=day)] for day in range(7)]
    assert week == sorted(week)
    assert 0 < week[0] < 0.05
    assert week[3] < 0.5
    assert all(0.9 < share < 1 for date, share in shares.items() if date >= RELEASE + datetime.timedelta(days=7))


def test_those_on_the_release_take_a_fifth_more(whole: duckdb.DuckDBPyConnection) -> None:
    row = whole.execute(
        """
        SELECT avg(takes) FILTER (version = '1.1.0') / avg(takes) FILTER (date < $release)
        FROM active WHERE date >= $release - 28
        """,
        {"release": RELEASE},
    ).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(1.2, abs=0.06)


def test_who_updates_says_so_once_and_stays_on_the_release(whole: duckdb.DuckDBPyConnection) -> None:
    changed = {
        user
        for (user,) in whole.execute(
            "SELECT user FROM active GROUP BY user HAVING count(DISTINCT version) = 2"
        ).fetchall()
    }
    told = {
        user
        for (user,) in whole.execute(
            "SELECT DISTINCT user_pseudo_id FROM events WHERE event_name = 'app_update'"
        ).fetchall()
        if user is not None
    }
    assert len(changed) > 500
    assert len(changed - told) <= 5  # some updates carry no key
    assert whole.execute(
        """
        SELECT count(*) FROM (
            SELECT version < max(version) OVER (PARTITION BY user ORDER BY date) AS went_back FROM active
        ) WHERE went_back
        """
    ).fetchone() == (0,)


def test_the_push_brings_new_users_in_one_country_only(whole: duckdb.DuckDBPyConnection) -> None:
    new: dict[tuple[str, datetime.date], int] = {
        (country, date): users
        for country, date, users in whole.execute(
            """
            SELECT country, date, count(*) FROM active JOIN cohorts ON cohorts.user = active.user AND cohort = date
            GROUP BY ALL
            """
        ).fetchall()
    }

    def ordinary(country: str) -> float:
        return max(new.get((country, PUSH - datetime.timedelta(days=back)), 0) for back in range(1, 15))

    assert new["Brazil", PUSH] > 5 * ordinary("Brazil")
    assert all(new[country, PUSH] < 2 * ordinary(country) for country in ("Türkiye", "Russia", "India"))


def test_countries(whole: duckdb.DuckDBPyConnection) -> None:
    users = whole.execute(
        "SELECT country, count(DISTINCT user) AS users FROM active WHERE country <> '' GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    leaders = ["Türkiye", "Russia", "India", "Brazil", "South Korea", "United States"]
    assert [country for country, _ in users[:6]] == leaders
    assert len(users) >= 41
    assert users[5][1] > 2 * users[6][1]
    assert min(count for _, count in users) < 10


def test_a_few_in_a_thousand_events_come_from_nowhere(whole: duckdb.DuckDBPyConnection) -> None:
    row = whole.execute(
        "SELECT avg((geo.country IS NULL)::INT), avg((geo.country IS NOT DISTINCT FROM '')::INT) FROM events"
    ).fetchone()
    assert row is not None
    assert all(0.001 < share < 0.006 for share in row)


def test_platforms_differ_by_country(whole: duckdb.DuckDBPyConnection) -> None:
    share = dict(
        whole.execute(
            "SELECT country, avg((platform = 'ANDROID')::INT) "
            "FROM (SELECT DISTINCT user, country, platform FROM active) "
            "GROUP BY ROLLUP (country) HAVING grouping(country) = 1 OR country IN ('India', 'United States', 'Japan')"
        ).fetchall()
    )
    assert 0.66 < share[None] < 0.76
    assert share["India"] > 0.85
    assert share["United States"] < 0.55
    assert share["Japan"] < 0.5
    assert whole.execute("SELECT DISTINCT platform FROM events ORDER BY 1").fetchall() == [("ANDROID",), ("IOS",)]
