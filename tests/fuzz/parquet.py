"""Parquet files that are broken where a copy breaks them, and where only malice would."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz import damage, thrift
from tests.fuzz.samples import Sample, parquet_samples
from tests.fuzz.thrift import Node, field

_MAGIC = b"PAR1"
_HOSTILE = (
    0, 1, 2, 3, 19, 21, 127, 128, 255, 256, 2**15, 2**16, 2**24, 2**28, 2**30, 2**31 - 1, 2**31, 2**32 - 1, 2**32,
    2**40, 2**62, 2**63 - 1, -1, -2, -128, -(2**31), -(2**63),
)  # fmt: skip


def broken(rng: Random) -> tuple[str, str, bytes]:
    """What was done to which sample, the schema, and the file."""
    sample = rng.choice(parquet_samples())
    change = rng.choice(_CHANGES)
    description, data = change(rng, sample)
    return f"{sample.label}: {description}", sample.schema, data


def footer(data: bytes) -> Node:
    """The footer of a valid file."""
    size = int.from_bytes(data[-8:-4], "little")
    return thrift.read_struct(data, len(data) - 8 - size)[0]


def with_footer(data: bytes, node: Node, magic: bytes = _MAGIC) -> bytes:
    """The file with another footer."""
    size = int.from_bytes(data[-8:-4], "little")
    text = thrift.write_struct(node)
    return data[: len(data) - 8 - size] + text + len(text).to_bytes(4, "little") + magic


def chunks(node: Node) -> list[Node]:
    """The metadata of all column chunks."""
    return [field(chunk, 3) for group in field(node, 4).value for chunk in field(group, 1).value]


def with_page(data: bytes, chunk_number: int, change: Callable[[Node], None]) -> bytes:
    """The file with the first page header of a column chunk changed; the chunk moves to the end of the file."""
    node = footer(data)
    chunk = chunks(node)[chunk_number]
    dictionary, first = field(chunk, 11), field(chunk, 9)
    start = dictionary.value if dictionary and dictionary.value else first.value
    header, end = thrift.read_struct(data, start)
    change(header)
    text = thrift.write_struct(header)
    body = data[end : start + field(chunk, 7).value]
    size = int.from_bytes(data[-8:-4], "little")
    kept = data[: len(data) - 8 - size]
    grown = len(text) - (end - start)
    if dictionary and dictionary.value:
        dictionary.value = len(kept)
        first.value += len(kept) - start + grown
    else:
        first.value = len(kept)
    field(chunk, 7).value += grown
    tail = thrift.write_struct(node)
    return kept + text + body + tail + len(tail).to_bytes(4, "little") + _MAGIC


def _raw(rng: Random, sample: Sample) -> tuple[str, bytes]:
    return damage.anywhere(rng, sample.data)


def _raw_in_footer(rng: Random, sample: Sample) -> tuple[str, bytes]:
    size = int.from_bytes(sample.data[-8:-4], "little")
    return damage.within(rng, sample.data, range(len(sample.data) - 8 - size, len(sample.data)))


def _raw_in_pages(rng: Random, sample: Sample) -> tuple[str, bytes]:
    size = int.from_bytes(sample.data[-8:-4], "little")
    return damage.within(rng, sample.data, range(len(sample.data) - 8 - size))


def _spliced(rng: Random, sample: Sample) -> tuple[str, bytes]:
    return damage.spliced(rng, sample.data, rng.choice(parquet_samples()).data)


def _number(rng: Random, sample: Sample) -> tuple[str, bytes]:
    node = footer(sample.data)
    numbers = [each for each in thrift.walk(node) if each.type in thrift.INTEGERS]
    chosen = rng.choice(numbers)
    old, chosen.value = chosen.value, rng.choice((*_HOSTILE, chosen.value + 1, chosen.value - 1))
    return f"a number of the footer, {old}, is {chosen.value}", with_footer(sample.data, node)


def _row_counts(rng: Random, sample: Sample) -> tuple[str, bytes]:
    """Every place that says how many rows there are says the same wrong number."""
    node = footer(sample.data)
    rows = rng.choice((0, 1, 19, 21, 10**6, 2**31, 2**40, -1))
    field(node, 3).value = rows * len(field(node, 4).value)
    for group in field(node, 4).value:
        field(group, 3).value = rows
        if rng.random() < 0.5:
            for chunk in field(group, 1).value:
                field(chunk, 3, 5).value = rows
    return f"row groups of {rows} rows", with_footer(sample.data, node)


def _gap(rng: Random, sample: Sample) -> tuple[str, bytes]:
    node = footer(sample.data)
    structs = [each for each in thrift.walk(node) if each.type == thrift.STRUCT and each.value]
    chosen = rng.choice(structs)
    number = rng.choice(sorted(chosen.value))
    del chosen.value[number]
    return f"field {number} of a struct of the footer is missing", with_footer(sample.data, node)


def _list(rng: Random, sample: Sample) -> tuple[str, bytes]:
    node = footer(sample.data)
    chosen = rng.choice([each for each in thrift.walk(node) if each.type == thrift.LIST and each.value])
    position = rng.randrange(len(chosen.value))
    match rng.randrange(4):
        case 0:
            del chosen.value[position]
            what = "lacks an element"
        case 1:
            chosen.value.insert(position, chosen.value[position])
            what = "has an element twice"
        case 2:
            chosen.value.clear()
            what = "is empty"
        case _:
            rng.shuffle(chosen.value)
            what = "is shuffled"
    return f"a list of the footer {what}", with_footer(sample.data, node)


def _name(rng: Random, sample: Sample) -> tuple[str, bytes]:
    node = footer(sample.data)
    chosen = rng.choice([each for each in thrift.walk(node) if each.type == thrift.BINARY])
    chosen.value = rng.choice(
        (b"", b"\xff\xfe", b"event_date", b'"quote', b"x" * 70_000, chosen.value.upper(), b"\0", b"filename", b"day")
    )
    return f"a text of the footer is {chosen.value[:20]!r}", with_footer(sample.data, node)


def _schema(rng: Random, sample: Sample) -> tuple[str, bytes]:
    """A schema element's physical type, length, repetition, children or converted type is another."""
    node = footer(sample.data)
    element = rng.choice(field(node, 2).value)
    number = rng.choice((1, 2, 3, 5, 6, 7, 8))
    value = rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 18, 21, 100, -1))
    element.value[number] = Node(thrift.I32, value)
    if rng.random() < 0.3:
        element.value.pop(10, None)
    return f"field {number} of a schema element is {value}", with_footer(sample.data, node)


def _statistics(rng: Random, sample: Sample) -> tuple[str, bytes]:
    node = footer(sample.data)
    lies = [statistics for chunk in chunks(node) if (statistics := field(chunk, 12))]
    for statistics in lies:
        for each in thrift.walk(statistics):
            if each.type == thrift.BINARY:
                each.value = rng.choice((b"", b"\0", b"\0" * 8, b"zzz", b"\xff" * 8, rng.randbytes(4)))
            elif each.type in thrift.INTEGERS:
                each.value = rng.choice(_HOSTILE)
    return "its statistics lie", with_footer(sample.data, node)


def _page(rng: Random, sample: Sample) -> tuple[str, bytes]:
    said = []

    def change(header: Node) -> None:
        numbers = [each for each in thrift.walk(header) if each.type in thrift.INTEGERS]
        chosen = rng.choice(numbers)
        said.append(chosen.value)
        chosen.value = rng.choice((*_HOSTILE[:16], -1, -2, chosen.value + 1, chosen.value - 1))
        said.append(chosen.value)

    count = len(chunks(footer(sample.data)))
    data = with_page(sample.data, rng.randrange(count), change)
    return f"a number of a page header, {said[0]}, is {said[1]}", data


def _magic(rng: Random, sample: Sample) -> tuple[str, bytes]:
    magic = rng.choice((b"PARE", b"PAR2", b"\0\0\0\0"))
    start = magic if rng.random() < 0.5 else sample.data[:4]
    return f"its magic bytes are {start!r} and {magic!r}", start + sample.data[4:-4] + magic


_CHANGES = (
    _raw, _raw_in_footer, _raw_in_pages, _raw_in_pages, _spliced, _number, _number, _row_counts, _gap, _list, _name,
    _schema, _schema, _statistics, _page, _page, _magic,
)  # fmt: skip
