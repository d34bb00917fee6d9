"""Warnings of MySQL 8 and of MariaDB become sentences that name report, column and value."""

import pytest
from pymysql.constants import ER

from loaders.store.complaints import explain_warning

from .tables_for_tests import report

WHERE = "fruit, 2026-05-01 to 2026-05-03"


@pytest.mark.parametrize("index", ["PRIMARY", "fruit.PRIMARY"], ids=["MariaDB", "MySQL 8"])
def test_a_key_that_comes_twice(index):
    text = f"Duplicate entry '2026-05-01-it's\n\x1b🌈' for key '{index}'"
    assert explain_warning(report(), WHERE, ER.DUP_ENTRY, text) == (
        f'{WHERE}: the key (date, kind) comes twice with "2026-05-01-it\'s\\n\\x1b🌈", and MySQL would keep one of the '
        "rows; the old rows were kept. Group by the key in query.sql, or add to it in report.yaml what tells the rows "
        "apart."
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Data truncated for column 'eaten' at row 1", "eaten ("),
        ("Data too long for column 'kind' at row 7", "kind ("),
        ("Column 'eaten' cannot be null", "eaten ("),
        ("Incorrect integer value: 'it's\n' for column 'eaten' at row 1", 'eaten "it\'s\\n" ('),
        ("Incorrect integer value: 'many' for column `reports`.`fruit`.`eaten` at row 1", "eaten 'many' ("),
        (f"Incorrect string value: '{'x' * 99}' for column 'kind' at row 1", f"kind '{'x' * 59}… ("),
        ("Row 1 was truncated; it contained more data than there were input columns", "a value ("),
    ],
)
def test_a_value_that_would_be_changed(text, named):
    sentence = explain_warning(report(), WHERE, 1265, text)
    assert sentence.startswith(f"{WHERE}: MySQL would have changed {named}")
    assert "\n" not in sentence
