"""Arrow columns as the text that LOAD DATA reads: tabs between fields, newlines between rows, backslash escapes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

LOAD_CLAUSE = r"CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n'"

_TAB, _NEWLINE, _EMPTY = (pa.scalar(text, pa.large_string()) for text in ("\t", "\n", ""))
# The backslash first: it is part of what the others become.
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0"))


def encode(batch: pa.RecordBatch) -> bytes:
    r"""The rows of the batch, each ended by a newline; NULL is `\N`, true is 1, a day is YYYY-MM-DD."""
    if batch.num_rows == 0:
        return b""
    fields = [_text(column) for column in batch.columns]
    fields[-1] = pc.binary_join_element_wise(fields[-1], _EMPTY, _NEWLINE)
    lines = pc.binary_join_element_wise(*fields, _TAB) if len(fields) > 1 else fields[0]
    # The values of a string array lie one after the other in one buffer, between its first and its last offset.
    offsets = memoryview(lines.buffers()[1]).cast("q")
    start, end = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return bytes(memoryview(lines.buffers()[2])[start:end])


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    elif pa.types.is_timestamp(column.type):
        # In UTC and without a word of it, which MySQL would not understand.
        column = column.cast(pa.timestamp("us"))
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    # Large: a batch may hold more text than the 2 GiB that the other kind can count.
    text = column.cast(pa.large_string())
    if is_text:
        for plain, escaped in _ESCAPES:
            text = pc.replace_substring(text, plain, escaped)
    return text.fill_null("\\N")
