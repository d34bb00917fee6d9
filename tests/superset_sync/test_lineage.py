from __future__ import annotations

import pytest

from superset_sync.lineage import Column, SqlError, Total, held_keys, referenced, resolve, summed
from tests.superset_sync.folders import PEOPLE, TABLES

KEYS = PEOPLE | {"date"}


def test_columns_keep_what_they_may_be_summed_over_through_an_expression() -> None:
    sql = "SELECT u.date AS day, CASE WHEN u.date > '2026-01-01' THEN u.dau END AS users FROM active_users AS u"
    assert resolve(sql, TABLES).columns == {
        "day": Column(None, ("active_users", "date")),
        "users": Column(PEOPLE, ("active_users", "dau"), is_conditional=True, keys=KEYS),
    }


def test_two_columns_in_one_may_be_summed_over_what_both_may() -> None:
    found = resolve("SELECT dau + new_users AS both_of_them FROM active_users", TABLES)
    assert found.columns == {"both_of_them": Column(PEOPLE, keys=KEYS)}


def test_a_star_is_every_column() -> None:
    assert set(resolve("SELECT * FROM active_users", TABLES).columns) == set(TABLES["active_users"])


def test_common_table_expressions_are_no_tables() -> None:
    sql = "WITH loaded AS (SELECT MAX(date) AS last FROM days) SELECT last FROM loaded"
    assert set(resolve(sql, TABLES).columns) == {"last"}


@pytest.mark.parametrize(
    "sql", ["SELECT FROM", "DROP TABLE active_users", "SELECT x FROM active_users", "SELECT 1 FROM t"]
)
def test_what_cannot_be_right_is_refused(sql: str) -> None:
    with pytest.raises(SqlError):
        resolve(sql, TABLES)


def test_a_condition_is_used_and_not_summed() -> None:
    expression = "SUM(CASE WHEN platform = 'IOS' THEN dau ELSE new_users END) / NULLIF(SUM(wau), 0) + MAX(mau)"
    assert referenced(expression) == {"platform", "dau", "new_users", "wau", "mau"}
    assert {total.column for total in summed(expression)} == {"dau", "new_users", "wau"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SUM(users)", Total("users")),
        ("SUM(users) / NULLIF(COUNT(DISTINCT date), 0)", Total("users", averaged=frozenset({"date"}))),
        ("SUM(users) / COUNT(DISTINCT country)", Total("users", averaged=frozenset({"country"}))),
        ("SUM(users) / COUNT(date)", Total("users")),
        ("SUM(users) / COUNT(*)", Total("users")),
        ("COUNT(*) / NULLIF(SUM(users), 0)", Total("users", averaged=frozenset({"date"}))),
        ("SUM(CASE WHEN day_n = 7 THEN active_users END)", Total("active_users", held=frozenset({"day_n"}))),
        ("SUM(CASE WHEN day_n >= 7 THEN active_users END)", Total("active_users")),
        (
            "SUM(CASE WHEN day_n = 7 AND platform = 'iOS' THEN active_users END)",
            Total("active_users", held=frozenset({"day_n", "platform"})),
        ),
        ("SUM(CASE WHEN day_n = 7 OR platform = 'iOS' THEN active_users END)", Total("active_users")),
    ],
)
def test_a_mean_and_one_value_of_a_key_are_no_sum_over_it(expression: str, expected: Total) -> None:
    assert summed(expression) == {expected}


@pytest.mark.parametrize(
    ("sql", "lost"),
    [
        ("SELECT country, SUM(dau) AS dau FROM active_users GROUP BY country", {"dau": {"date"}}),
        ("SELECT date, SUM(dau) AS dau FROM active_users GROUP BY date", {}),
        ("SELECT date AS day, SUM(dau) AS dau FROM active_users GROUP BY 1", {}),
        ("SELECT country, SUM(new_users) AS n FROM active_users GROUP BY country", {}),
        ("SELECT SUM(dau) AS n FROM active_users WHERE date = (SELECT MAX(date) FROM days)", {}),
        ("SELECT SUM(dau) AS n FROM active_users WHERE date >= '2026-01-01'", {"dau": {"date"}}),
        ("SELECT SUM(dau) / COUNT(DISTINCT date) AS n FROM active_users", {}),
        ("SELECT date, SUM(dau) OVER (PARTITION BY country) AS n FROM active_users", {"dau": {"date"}}),
        ("SELECT date, SUM(dau) OVER (PARTITION BY date) AS n FROM active_users", {}),
        ("SELECT n FROM (SELECT SUM(dau) AS n FROM active_users) AS inner_one", {"dau": {"date"}}),
        ("WITH a AS (SELECT * FROM active_users) SELECT SUM(dau) AS n FROM a", {"dau": {"date"}}),
        ("SELECT 1 AS n UNION ALL SELECT SUM(dau) AS n FROM active_users", {"dau": {"date"}}),
    ],
)
def test_a_query_that_sums_over_a_key_is_told(sql: str, lost: dict[str, set[str]]) -> None:
    assert resolve(sql, TABLES).lost == lost


def test_limits_are_followed_through_subqueries() -> None:
    inner = "SELECT date AS day, SUM(dau) AS users FROM active_users GROUP BY date"
    for sql in (f"SELECT day, users FROM ({inner}) AS x", f"WITH x AS ({inner}) SELECT day, users FROM x"):
        assert resolve(sql, TABLES).columns == {
            "day": Column(None, ("active_users", "date")),
            "users": Column(PEOPLE, keys=KEYS),
        }


def test_a_union_may_be_summed_over_what_every_part_may() -> None:
    found = resolve("SELECT date, new_users FROM active_users UNION ALL SELECT date, dau FROM active_users", TABLES)
    assert found.columns["new_users"].additive_over == PEOPLE
    assert found.columns["date"].origin == ("active_users", "date")


def test_a_condition_may_hold_a_key() -> None:
    assert held_keys("day_n = 7 AND platform = 'iOS'") == {"day_n", "platform"}
    assert held_keys("day_n = 7 OR platform = 'iOS'") == set()
