"""What MySQL says of the rows that it was sent, as one sentence with what to do."""

from __future__ import annotations

import re

from pymysql.constants import ER

from loaders.catalog import Table
from loaders.shown import shown

# MySQL 8 says 'fruit.PRIMARY', MariaDB 'PRIMARY'; both join the key's values by hyphens.
_DUPLICATE = re.compile(r"Duplicate entry '(?P<values>.*)' for key", re.DOTALL)
# "… for column 'eaten' at row 1", "… for column `reports`.`fruit`.`eaten` at row 1".
_COLUMN = re.compile(r"[Cc]olumn ['`]?(?:`?\w+`?\.)*`?(?P<name>\w+)['`]")
# "Incorrect integer value: 'many' for column …".
_VALUE = re.compile(r"value: '(?P<value>.*)' for column", re.DOTALL)


def explain_warning(table: Table, where: str, code: int, text: str) -> str:
    """The sentence on a warning of LOAD DATA; `where` names report and days."""
    duplicate = _DUPLICATE.search(text)
    if code == ER.DUP_ENTRY and duplicate:
        return (
            f"{where}: the key ({', '.join(table.key)}) comes twice with {shown(duplicate['values'])}, and MySQL would "
            "keep one of the rows; the old rows were kept. Group by the key in query.sql, or add to it in report.yaml "
            "what tells the rows apart."
        )
    column, value = _COLUMN.search(text), _VALUE.search(text)
    what = f"{column['name']}" if column else "a value"
    seen = f" {shown(value['value'])}" if value else ""
    return (
        f"{where}: MySQL would have changed {what}{seen} ({shown(text)}); the old rows were kept. Correct the column's "
        "type, length or nullable in report.yaml, or the query."
    )
