from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

from superset_config.wrapping import wrap


class Theirs:
    factor = 2

    def times(self, number: int) -> int:
        return self.factor * number

    @staticmethod
    def plus_one(number: int) -> int:
        return number + 1


def negated(original: Callable[..., int], *arguments: object) -> int:
    return -original(*arguments)


def test_ours_is_around_methods_and_functions_and_knows_the_one_before() -> None:
    module = SimpleNamespace(double=lambda number: 2 * number)
    for owner, name in ((Theirs, "times"), (Theirs, "plus_one"), (module, "double")):
        wrap(owner, name, negated)
    assert (Theirs().times(3), Theirs.plus_one(3), Theirs().plus_one(3), module.double(3)) == (-6, -4, -4, -6)


def test_asked_twice_it_is_around_once() -> None:
    module = SimpleNamespace(double=lambda number: 2 * number)
    for _ in range(2):
        wrap(module, "double", negated)
    assert module.double(3) == -6


def test_what_superset_decorated_itself_is_no_wrapping_of_ours() -> None:
    module = SimpleNamespace(double=cache(lambda number: 2 * number))
    wrap(module, "double", negated)
    assert module.double(3) == -6
