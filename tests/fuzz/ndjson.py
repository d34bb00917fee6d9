"""NDJSON files that are broken in their bytes, their syntax, their structure or their types."""

from __future__ import annotations

import gzip
import json
from random import Random
from typing import Any

from tests.fuzz import damage
from tests.fuzz.samples import SCHEMAS, ndjson, row

_DEEP = 3_000
# JSON texts that stand where another type should.
_VALUES = (
    "null", "true", "false", "0", "-1", "1.5", "1e3", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "9" * 19,
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 400, "9" * 5_000, "1e-400", "00",
    "+1", "1.", ".5", "0x10", '""', '"text"', '"12"', '"1.5"', '"true"', '"NaN"', '"\\u0000"', '"\\ud83d"',
    ' "\\ud83d\\ude00"',
    '"\\x"', "'single'", "[]", "{}", "[[]]", "[null]", "[1]", '["a"]', "[{}]", '[{"key": 1}]', '{"key": "a"}',
    "[[[1]]]",
    '{"a": {"b": {"c": 1}}}', '{"": 1}', "undefined", "", "[1,]", "[1 2]", '{"a" 1}', '{"a": 1, "a": 2}', "20260301",
    '"20260230"', '"99991231"', '"00000101"', '"2026-03-01"', '"20260301 "', '"２０２６０３０１"', '"\\u00002026"',
    "[" * _DEEP + "]" * _DEEP, '{"a":' * _DEEP + "1" + "}" * _DEEP, "[" * _DEEP, '{"a":' * _DEEP,
    '"' + "x" * 10_000 + '"', json.dumps("\x7f\u2028\ufeff"),
)  # fmt: skip
_LINES = (
    b"", b" ", b"\t", b"\r", b"\0", b"\0" * 50, b"null", b"true", b"1", b'"text"', b"[]", b"{}", b"{", b"}",
    b"[{}]", b",",
    b"// comment", b"# comment", b"\xef\xbb\xbf{}", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xc2\x85", b"\x0b\x0c",
    b"{}{}", b"{} {}", b'{"event_date": "20260301",}', b'{"user_dim": {}}', b'{"event_dim": []}',
    b'{"event_dim": null}',
    b'{"event_dim": [null]}', b'{"event_dim": [{}]}', b'{"event_date": null}', b'{"EVENT_DATE": "20260301"}',
    b"[" * _DEEP, b'{"a":' * _DEEP, b"PAR1", b"\x1f\x8b\x08", b"x" * 10_000, b"event_date,event_name", b"--", b"<html>",
)  # fmt: skip


def broken(rng: Random) -> tuple[str, str, bytes]:
    """What was done, the schema, and the file."""
    schema = rng.choice(SCHEMAS)
    rows = [row(schema, number) for number in range(rng.choice((1, 2, 3, 12)))]
    change = rng.choice(_CHANGES)
    description, data = change(rng, rows)
    return description, schema, data


def broken_gzip(rng: Random) -> tuple[str, str, bytes]:
    """A gzip file with something wrong in it, around it or within what it holds."""
    schema = rng.choice(SCHEMAS)
    data = ndjson([row(schema, number) for number in range(12)])
    level = rng.choice((0, 1, 6, 9))
    packed = gzip.compress(data, level, mtime=0)
    match rng.randrange(8):
        case 0 | 1:
            description, schema, inner = broken(rng)
            return f"gzipped: {description}", schema, gzip.compress(inner, mtime=0)
        case 2 | 3:
            description, result = damage.anywhere(rng, packed)
        case 4:
            description, result = damage.within(rng, packed, range(len(packed) - 8, len(packed)))
        case 5:
            description, result = damage.spliced(rng, packed, gzip.compress(data[:500], 9, mtime=0))
        case 6:
            members = [gzip.compress(each, level, mtime=0) for each in (data, b"", data[:700], data[700:], b"\n")]
            rng.shuffle(members)
            description, result = "several members", b"".join(members[: rng.randrange(1, 6)])
        case _:
            tail = rng.choice((b"\0" * 100, b"x", b"garbage behind the end", data, b"\x1f\x8b", gzip.compress(packed)))
            description, result = f"then {tail[:20]!r}", packed + tail
    return f"gzip, {description}", schema, result


def _bytes(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    return damage.anywhere(rng, ndjson(rows))


def _splice(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    return damage.spliced(rng, ndjson(rows), ndjson([row(rng.choice(SCHEMAS), 3)]))


def _value(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    """Some value, at any depth, is something else."""
    slots = _slots(rows[rng.randrange(len(rows))])
    holder, key = rng.choice(slots)
    holder[key] = "@@"
    text = rng.choice(_VALUES)
    data = ndjson(rows).replace(b'"@@"', text.encode())
    return f"{key!r} is {text[:30]}", data


def _keys(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    """A key is missing, doubled, unknown or written in another case."""
    chosen = rows[rng.randrange(len(rows))]
    holder, key = rng.choice([(holder, key) for holder, key in _slots(chosen) if isinstance(holder, dict)])
    value = json.dumps(holder.pop(key))
    other = rng.choice((None, key.upper(), "x" * 5_000, "", "\0", "é", key + " ", "_TABLE_SUFFIX", "filename"))
    if other is None:
        holder["@@"] = 1
        text = ndjson(rows).replace(b'"@@": 1', f'"{key}": {value}, "{key}": {value}'.encode())
        return f"{key} twice", text
    holder[other] = json.loads(value)
    return f"{key} is called {other[:20]!r}", ndjson(rows)


def _line(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    """A line too many."""
    lines = ndjson(rows).splitlines(keepends=True)
    extra = rng.choice(_LINES)
    lines.insert(rng.randrange(len(lines) + 1), extra + rng.choice((b"\n", b"\n", b"\r\n", b"")))
    return f"a line {extra[:30]!r}", b"".join(lines)


def _layout(rng: Random, rows: list[dict[str, Any]]) -> tuple[str, bytes]:  # noqa: PLR0911 - one a layout
    """The same rows, laid out or encoded in another way."""
    text = ndjson(rows).decode()
    match rng.randrange(12):
        case 0:
            return "CRLF", text.replace("\n", "\r\n").encode()
        case 1:
            return "CR alone", text.replace("\n", "\r").encode()
        case 2:
            return "a byte order mark", b"\xef\xbb\xbf" + text.encode()
        case 3:
            return "UTF-16", text.encode(rng.choice(("utf-16", "utf-16-be", "utf-16-le")))
        case 4:
            return "UTF-32", text.encode("utf-32")
        case 5:
            return "Latin-1", text.encode("latin-1", "replace")
        case 6:
            return "one array", json.dumps(rows).encode()
        case 7:
            return "indented", "\n".join(json.dumps(each, indent=1) for each in rows).encode()
        case 8:
            return "all on one line", text.replace("\n", rng.choice(("", " ", ","))).encode()
        case 9:
            return "blank lines", text.replace("\n", "\n\n \n\t\n").encode()
        case 10:
            return "blank", rng.choice((b"", b"\n", b"\n" * 5_000, b" " * 5_000, b"\r\n" * 9, b"\0" * 5_000))
        case _:
            return "no end of line at the end", text[:-1].encode()


def _slots(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a row that holds a value: the object or list, and the key or position in it."""
    places = list(value.items() if isinstance(value, dict) else enumerate(value))
    found = [(value, key) for key, _ in places]
    for _, inner in places:
        if isinstance(inner, dict | list):
            found += _slots(inner)
    return found


_CHANGES = (_bytes, _bytes, _splice, _value, _value, _value, _value, _keys, _keys, _line, _line, _layout)
