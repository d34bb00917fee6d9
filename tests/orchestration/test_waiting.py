"""The command line's own sentences, as the sensor understands them."""

from __future__ import annotations

import pytest

from orchestration.waiting import Day, judge
from tests.conditions import sentences
from tests.conftest import Stack, new_stack


def test_a_plan_that_succeeds_means_that_the_day_is_there() -> None:
    assert judge(0, "Nothing to do") is Day.THERE


@pytest.mark.parametrize("sentence", [sentences.BUSY, sentences.ANOTHER_LOAD])
def test_whoever_has_the_warehouse_is_waited_for(sentence: str) -> None:
    assert judge(1, f"groundup: {sentence}; wait until it ends, then try again.") is Day.BUSY


@pytest.mark.parametrize("sentence", [sentences.UNREACHABLE, sentences.DAMAGED, sentences.LOST, ""])
def test_trouble_of_another_kind_is_no_reason_to_wait(sentence: str) -> None:
    assert judge(1, f"groundup: {sentence}") is Day.UNKNOWN


def test_a_plan_of_an_empty_warehouse_says_that_the_day_is_missing(store: Stack) -> None:
    plan = new_stack(store.home / "empty").run("plan", check=False)
    assert judge(plan.returncode, plan.stderr) is Day.MISSING
