"""The fuzzer: case number n of a seed is always the same file."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.fuzz import ndjson, parquet, samples

_NAMES = (
    b"events_[1].x", b"events_*.x", b"events?.x", b"it's.x", b'a "quote".x', b"two\nlines.x", b"back\\slash.x", b"~",
    b"\xff\xfe.x", b"{a,b}.x", b"-rf", b"%s.x", b"\x1b[31mred.x", "Türkiye 벚꽃.x".encode(), b"a" * 255,
    b"event_date=20990101",
    b"app_events_20260301.x", b"app_events_99999999.x", b"$(id).x", b"NUL", b".hidden", b" ", b"a;b.x", b"e.parquet.gz",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file, what is wrong with it, and as which schema it is to be ingested."""

    number: int
    kind: str
    description: str
    schema: str
    name: str
    data: bytes


def make_case(seed: int, number: int) -> Case:
    """Every second case cuts a small file at the next byte, until there is none; the others are drawn."""
    cut = number // 2
    if number % 2 == 0 and cut < len(_cuts()):
        label, schema, data = _cuts()[cut]
        return Case(number, f"{label}, cut off", f"at byte {len(data)}", schema, "events.x", data)
    rng = Random(f"{seed}:{number}")
    kind, make = rng.choice(
        (
            ("NDJSON", ndjson.broken),
            ("gzip", ndjson.broken_gzip),
            ("Parquet", parquet.broken),
            ("Parquet", parquet.broken),
        )
    )
    description, schema, data = make(rng)
    name = os.fsdecode(rng.choice(_NAMES)) if rng.random() < 0.1 else "events.x"
    if rng.random() < 0.02:
        schema = "firebase" if schema == "ga4" else "ga4"
        description += ", as the other schema"
    return Case(number, kind, description, schema, name, data)


@cache
def _cuts() -> list[tuple[str, str, bytes]]:
    cuts = []
    for schema in samples.SCHEMAS:
        text = samples.ndjson([samples.small_row(schema)] * 2)
        for label, data in (
            ("NDJSON", text),
            ("gzip", gzip.compress(text, mtime=0)),
            ("Parquet", samples.small_parquet(schema)),
        ):
            cuts += [(label, schema, data[:end]) for end in range(len(data) + 1)]
    return cuts
