from __future__ import annotations

import pytest

from superset_sync.lineage import Column, SqlError, output_columns, referenced, summed
from tests.superset_sync.folders import PEOPLE, TABLES


def test_columns_keep_what_they_may_be_summed_over_through_an_expression() -> None:
    sql = "SELECT u.date AS day, CASE WHEN u.date > '2026-01-01' THEN u.dau END AS users FROM active_users AS u"
    assert output_columns(sql, TABLES) == {"day": Column(None), "users": Column(PEOPLE)}


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
    assert summed(expression) == {"dau", "new_users", "wau"}
