"""Thrift's compact protocol, as far as Parquet's footers and page headers go: read into a tree, changed, written back.

A struct is a dictionary from field number to Node, a list is a list of Nodes; the schema stays Parquet's own affair.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
INTEGERS = {I16, I32, I64}


@dataclass
class Node:
    """A value with its type; `element` is the type of a list's elements."""

    type: int
    value: Any
    element: int = 0


def field(node: Node, *path: int) -> Any:
    """The value under these field numbers and list positions; None where there is none."""
    current: Any = node
    for step in path:
        inner = current.value
        if isinstance(inner, dict):
            if step not in inner:
                return None
            current = inner[step]
        else:
            current = inner[step]
    return current


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it."""
    yield node
    if isinstance(node.value, dict | list):
        for inner in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from walk(inner)


def read_struct(data: bytes, position: int = 0) -> tuple[Node, int]:
    """The struct at this place and where it ends."""
    reader = _Reader(data, position)
    return reader.value(STRUCT), reader.position


def write_struct(node: Node) -> bytes:
    """The struct's bytes."""
    out = bytearray()
    _write(out, node)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes, position: int) -> None:
        self.data = data
        self.position = position

    def byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def varint(self) -> int:
        number = shift = 0
        while True:
            part = self.byte()
            number |= (part & 0x7F) << shift
            shift += 7
            if part < 0x80:
                return number

    def zigzag(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def value(self, kind: int) -> Node:  # noqa: PLR0911 - one a type
        match kind:
            case 1 | 2:
                return Node(kind, kind == TRUE)
            case 3:
                return Node(kind, self.byte())
            case 4 | 5 | 6:
                return Node(kind, self.zigzag())
            case 7:
                self.position += 8
                return Node(kind, struct.unpack_from("<d", self.data, self.position - 8)[0])
            case 8:
                size = self.varint()
                self.position += size
                return Node(kind, self.data[self.position - size : self.position])
            case 9 | 10:
                return self.list(kind)
            case 12:
                return self.struct()
        raise ValueError(f"Parquet's own structures hold no type {kind}")

    def list(self, kind: int) -> Node:
        header = self.byte()
        size = header >> 4
        if size == 15:
            size = self.varint()
        element = header & 0x0F
        if element in (TRUE, FALSE):
            return Node(kind, [Node(element, self.byte() == 1) for _ in range(size)], element)
        return Node(kind, [self.value(element) for _ in range(size)], element)

    def struct(self) -> Node:
        fields: dict[int, Node] = {}
        number = 0
        while header := self.byte():
            step = header >> 4
            number = number + step if step else self.zigzag()
            fields[number] = self.value(header & 0x0F)
        return Node(STRUCT, fields)


def _varint(out: bytearray, number: int) -> None:
    number &= 2**64 - 1
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _zigzag(out: bytearray, number: int) -> None:
    _varint(out, (number << 1) ^ (number >> 63))


def _write(out: bytearray, node: Node) -> None:  # noqa: PLR0912 - one a type
    match node.type:
        case 3:
            out.append(node.value)
        case 4 | 5 | 6:
            _zigzag(out, node.value)
        case 7:
            out += struct.pack("<d", node.value)
        case 8:
            _varint(out, len(node.value))
            out += node.value
        case 9 | 10:
            size = len(node.value)
            out.append((min(size, 15) << 4) | node.element)
            if size >= 15:
                _varint(out, size)
            for inner in node.value:
                if node.element in (TRUE, FALSE):
                    out.append(1 if inner.value else 2)
                else:
                    _write(out, inner)
        case 12:
            last = 0
            for number, inner in sorted(node.value.items()):
                kind = (TRUE if inner.value else FALSE) if inner.type in (TRUE, FALSE) else inner.type
                if 0 < number - last <= 15:
                    out.append(((number - last) << 4) | kind)
                else:
                    out.append(kind)
                    _zigzag(out, number)
                if inner.type not in (TRUE, FALSE):
                    _write(out, inner)
                last = number
            out.append(0)
