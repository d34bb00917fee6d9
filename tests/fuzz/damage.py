"""What happens to bytes of any format: cut off, flipped, lost, doubled, overwritten."""

from __future__ import annotations

from random import Random

_OVERWRITTEN = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\n", b'"', b"\r\n", b"\xff\xff\xff\xff\x7f", b"\x00" * 8)


def anywhere(rng: Random, data: bytes) -> tuple[str, bytes]:
    """One kind of damage at any place."""
    return within(rng, data, range(len(data)))


def within(rng: Random, data: bytes, places: range) -> tuple[str, bytes]:  # noqa: PLR0911 - one a kind
    """One kind of damage that begins at one of these places."""
    broken = bytearray(data)
    place = rng.choice(places)
    size = rng.choice((1, 1, 2, 4, 8, 30, 100))
    match rng.randrange(7):
        case 0:
            return f"cut off at byte {place}", data[:place]
        case 1:
            for _ in range(rng.choice((1, 1, 2, 8))):
                broken[rng.choice(places)] ^= 1 << rng.randrange(8)
            return "a few bits flipped", bytes(broken)
        case 2:
            for _ in range(rng.choice((1, 1, 2, 8))):
                broken[rng.choice(places)] = rng.randrange(256)
            return "a few bytes changed", bytes(broken)
        case 3:
            del broken[place : place + size]
            return f"{size} bytes lost at {place}", bytes(broken)
        case 4:
            broken[place:place] = broken[place : place + size]
            return f"{size} bytes doubled at {place}", bytes(broken)
        case 5:
            value = rng.choice(_OVERWRITTEN)
            broken[place : place + len(value)] = value
            return f"{value!r} over byte {place}", bytes(broken)
        case _:
            broken[place:place] = rng.randbytes(size)
            return f"{size} random bytes at {place}", bytes(broken)


def spliced(rng: Random, first: bytes, second: bytes) -> tuple[str, bytes]:
    """The beginning of one file with the end of another."""
    one, other = rng.randrange(len(first) + 1), rng.randrange(len(second) + 1)
    return f"its first {one} bytes, then another file from byte {other} on", first[:one] + second[other:]
