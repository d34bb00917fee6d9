"""Scenarios are drawn from seed and number alone, and all of them together leave nothing out."""

from tests.faults.scenario import draw_scenario
from tests.faults.traps import Trap

MANY = [draw_scenario(1, number, with_superset=number % 5 == 4) for number in range(100)]
TURNS = [turn for scenario in MANY for turn in scenario.turns]
BLOWS = [blow for turn in TURNS for blow in turn.blows]
TRAPS = [blow.moment for blow in BLOWS if isinstance(blow.moment, Trap)]


def test_a_scenario_can_be_drawn_again_alone() -> None:
    assert draw_scenario(1, 70, with_superset=False) == MANY[70]
    assert draw_scenario(2, 70, with_superset=False) != MANY[70]
    assert len({scenario.seed for scenario in MANY}) == len(MANY)


def test_everything_is_done_and_everybody_is_killed() -> None:
    assert {turn.kind for turn in TURNS} == {"ingest", "load", "forget", "redefine", "redeclare", "remove"}
    alone = {("groundup",), ("mysql",), ("supervisor",), ("redis",), ("superset",)}
    assert {blow.victims for blow in BLOWS} == alone | {("mysql", "supervisor"), ("groundup", "mysql")}


def test_kills_come_at_any_moment_and_around_what_matters() -> None:
    assert len(TRAPS) < len(BLOWS)
    assert {trap.phase for trap in TRAPS} == {"before", "during", "after"}
    assert {"COMMIT", "LOAD DATA", "RENAME", "COPY FROM", "DROP TABLE", ""} <= {trap.text for trap in TRAPS}
    assert {len(turn.blows) for turn in TURNS} == {1, 2, 3}
