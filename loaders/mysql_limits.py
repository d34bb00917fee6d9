"""What MySQL can hold, judged by a report's declaration: said when that is read, not when the table is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loaders.columns import Column

# Of InnoDB's, in bytes; a character of utf8mb4 counts as four there, whatever it is.
LONGEST_KEY = 3_072
MOST_COLUMNS_OF_A_KEY = 16
# A row's, in bytes, with two that hold a text's length and a bit for each column that may be NULL.
LONGEST_ROW = 65_535
LONGEST_NAME = 64
LONGEST_COMMENT = 1_024

_BYTES_OF_A_CHARACTER = 4
_BYTES = {"DATE": 3, "BOOL": 1, "INT64": 8, "FLOAT64": 8, "TIMESTAMP": 8}


def beyond_mysql(
    columns: Sequence[Column], key: Sequence[str], indexes: Sequence[Sequence[str]], description: str
) -> str | None:
    """What MySQL could not hold of the declaration and what to do, as the end of a sentence; None when it fits."""
    by_name = {column.name: column for column in columns}
    texts = {"the table": description} | {column.name: column.description for column in columns}
    for name, text in texts.items():
        if len(text) > LONGEST_COMMENT:
            return (
                f"the description of {name} has {len(text):,} characters, in MySQL at most {LONGEST_COMMENT:,}; "
                "shorten it"
            )
    for name in (*by_name, *("_".join(index) for index in indexes)):
        if len(name) > LONGEST_NAME:
            return f"{name} is longer than the {LONGEST_NAME} characters of a name in MySQL; shorten it"
    for kind, names in (("key", key), *(("index", index) for index in indexes)):
        found = _beyond_a_key(f"the {kind} ({', '.join(names)})", [by_name[name] for name in names])
        if found:
            return found
    size = sum(_bytes(column) + 2 * (column.type == "STRING") for column in columns) + 1 + len(columns) // 8
    if size > LONGEST_ROW:
        return f"a row may have {size:,} bytes, in MySQL at most {LONGEST_ROW:,}; lower a `length`"
    return None


def _beyond_a_key(what: str, columns: Sequence[Column]) -> str | None:
    if len(columns) > MOST_COLUMNS_OF_A_KEY:
        return f"{what} has {len(columns)} columns, in MySQL at most {MOST_COLUMNS_OF_A_KEY}; take some out"
    size = sum(map(_bytes, columns))
    if size <= LONGEST_KEY:
        return None
    return (
        f"{what} may have {size:,} bytes, in MySQL at most {LONGEST_KEY:,}, where each character counts as "
        f"{_BYTES_OF_A_CHARACTER}; lower the `length` of {_longest(columns)}"
    )


def _longest(columns: Sequence[Column]) -> str:
    sizes: Mapping[str, int] = {column.name: _bytes(column) for column in columns}
    return max(sizes, key=sizes.__getitem__)


def _bytes(column: Column) -> int:
    return _BYTES_OF_A_CHARACTER * column.length if column.type == "STRING" else _BYTES[column.type]
