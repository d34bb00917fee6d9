from __future__ import annotations

import pytest

from superset_sync.lineage import Column, SqlError, Total, output_columns, referenced, summed
from tests.superset_sync.folders import PEOPLE, TABLES


def test_columns_keep_what_they_may_be_summed_over_through_an_expression() -> None:
    sql = "SELECT u.date AS day, CASE WHEN u.date > '2026-01-01' THEN u.dau END AS users FROM active_users AS u"
    assert output_columns(sql, TABLES) == {
        "day": Column(None, ("active_users", "date")),
        "users": Column(PEOPLE, ("active_users", "dau"), is_conditional=True),
    }


def test_two_columns_in_one_may_be_summed_over_what_both_may() -> None:
    found = output_columns("SELECT dau + new_users AS both_of_them FROM active_users", TABLES)
    assert found == {"both_of_them": Column(PEOPLE)}


def test_a_star_is_every_column() -> None:
    assert set(output_columns("SELECT * FROM active_users", TABLES)) == set(TABLES["active_users"])


def test_common_table_expressions_are_no_tables() -> None:
    sql = "WITH loaded AS (SELECT MAX(date) AS last FROM days) SELECT last FROM loaded"
    assert set(output_columns(sql, TABLES)) == {"last"}


@pytest.mark.parametrize(
    "sql", ["SELECT FROM", "DROP TABLE active_users", "SELECT x FROM active_users", "SELECT 1 FROM t"]
)
def test_what_cannot_be_right_is_refused(sql: str) -> None:
    with pytest.raises(SqlError):
        output_columns(sql, TABLES)


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
