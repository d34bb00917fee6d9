import datetime

import pytest

from loaders.demo import curves


def test_a_value_between_two_anchors_lies_on_the_line() -> None:
    assert [curves.interpolate(((0, 100), (10, 50), (20, 0)), at) for at in (0, 5, 10, 15, 20, 99)] == [
        100, 75, 50, 25, 0, 0,
    ]  # fmt: skip


def test_an_urn_holds_each_choice_as_often_as_its_weight_asks() -> None:
    drawn = curves.urn([5, 3, 2], 100)
    assert [drawn.count(choice) for choice in range(3)] == [50, 30, 20]


def test_the_largest_remainder_gets_the_slot_that_is_left_and_a_tie_goes_to_the_earlier() -> None:
    assert curves.urn([1, 1, 1], 4) == [0, 0, 1, 2]
    assert curves.urn([10, 17, 1], 5) == [0, 0, 1, 1, 1]


def test_nobody_comes_back_to_using_the_app() -> None:
    using = [curves.using(age) for age in range(1_000)]
    assert using == sorted(using, reverse=True)
    assert using[0] == 1_000_000


@pytest.mark.parametrize("days", [1, 2, 6, 60, 365])
def test_every_period_has_installs_a_release_and_a_push_inside_it(days: int) -> None:
    weights = curves.install_weights(datetime.date(2026, 1, 1), days)
    assert len(weights) == days
    assert min(weights) > 0
    assert 0 <= curves.release_day(days) <= curves.push_day(days) < days
