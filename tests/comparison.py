"""Two tables side by side, and what differs in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def differences(expected: Iterable[Row], actual: Iterable[Row], key: Sequence[str] = ()) -> list[str]:
    """One line for each row or cell that is not as expected; none when the tables hold the same rows, in any order.

    Rows are paired by `key`; without a key, a row that differs is one missing and one unexpected row. A cell may be a
    list of structs, whose order does not count.
    """
    missing = Counter(_hashable(row) for row in expected)
    unexpected = Counter(_hashable(row) for row in actual)
    missing, unexpected = missing - unexpected, unexpected - missing
    lines = []
    for row in sorted(missing.elements(), key=str):
        partner = next((other for other in unexpected.elements() if key and _same_key(row, other, key)), None)
        if partner is None:
            lines.append(f"missing: {_words(row)}")
            continue
        unexpected -= Counter([partner])
        cells = {name: (value, dict(partner).get(name)) for name, value in row if dict(partner).get(name) != value}
        where = ", ".join(str(dict(row)[name]) for name in key)
        lines += [f"{where}: {name} is {actual}, not {wanted}" for name, (wanted, actual) in cells.items()]
    return lines + [f"unexpected: {_words(row)}" for row in sorted(unexpected.elements(), key=str)]


def _hashable(row: Row) -> tuple[tuple[str, Any], ...]:
    return tuple((name, _cell(value)) for name, value in sorted(row.items()))


def _cell(value: Any) -> Any:
    """A list of structs holds them in any order, each as often as it does."""
    return tuple(sorted(map(_hashable, value))) if isinstance(value, list) else value


def _same_key(row: tuple[tuple[str, Any], ...], other: tuple[tuple[str, Any], ...], key: Sequence[str]) -> bool:
    return all(dict(row)[name] == dict(other).get(name) for name in key)


def _words(row: tuple[tuple[str, Any], ...]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in row)
