"""A check's query is examined where it is declared, and written for the days and tables of a load."""

import datetime as dt
import re

import pytest

from loaders.checks.statement import StatementError, examine, written

TABLES = {"growth": ("date", "retained"), "days": ("date", "source")}
RIGHT = "SELECT date, retained FROM growth WHERE date BETWEEN @start_date AND @end_date AND retained < 0"
DAY = dt.date(2026, 6, 9)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        (RIGHT.replace("WHERE", "WERE"), "is not MySQL's SQL"),
        ("DELETE FROM growth", "is not one SELECT"),
        (f"{RIGHT}; {RIGHT}", "is not one SELECT"),
        (RIGHT.replace("FROM growth", "FROM grwth"), "reads grwth"),
        (RIGHT.replace("FROM growth", "FROM mysql.user"), "reads mysql.user"),
        (RIGHT.replace("retained <", "retaind <"), "does not fit the tables .*retaind"),
        (RIGHT.replace("@end_date", "@last_date"), "has the parameter @last_date"),
        ("SELECT date FROM growth WHERE retained < 0", "looks at all days"),
        (RIGHT.replace("SELECT date,", "SELECT"), "does not give the day"),
    ],
)
def test_what_cannot_be_right_is_refused(sql, complaint):
    with pytest.raises(StatementError, match=complaint):
        examine(sql, TABLES)


def test_what_is_right_is_taken():
    examine(RIGHT, TABLES)
    examine(f"WITH part AS ({RIGHT}) SELECT * FROM part WHERE date IN (SELECT date FROM days)", TABLES)


def test_the_days_are_written_as_days():
    assert written(RIGHT, DAY, DAY, {}).count("CAST('2026-06-09' AS DATE)") == 2


def test_a_table_that_is_filled_beside_is_asked_under_its_own_name():
    sql = written(RIGHT.replace("AND retained", "AND growth.retained"), DAY, DAY, {"growth": "growth__next"})
    assert "`growth__next` AS `growth`" in sql
    assert not re.search("FROM `growth`", sql)
    aliased = written(RIGHT.replace("FROM growth", "FROM growth AS g"), DAY, DAY, {"growth": "growth__next"})
    assert "`growth__next` AS `g`" in aliased
