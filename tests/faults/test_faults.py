"""Kill -9 anything at any moment: `groundup load` alone puts it right, and nobody ever sees a half.

FAULT_SEED draws other scenarios; with FAULT_SCENARIO, one is played alone.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Stack, new_stack
from tests.faults import figures
from tests.faults.harness import Outcome, endure

SEED = int(os.environ.get("FAULT_SEED", "11"))
ONLY = int(os.environ["FAULT_SCENARIO"]) if "FAULT_SCENARIO" in os.environ else None


@pytest.fixture(scope="module")
def killed(module_folder: Path) -> Iterator[Stack]:
    stack = new_stack(module_folder / "home")
    stack.run("up", "mysql", "redis")
    yield stack
    stack.run("down", check=False)


def require_real_kills(outcome: Outcome) -> None:
    """A kill after the end proves nothing, and a reader who sees one state only has not looked."""
    assert outcome.hits >= 0.5 * len(outcome.kills), outcome
    assert outcome.states > outcome.scenarios, outcome


@pytest.mark.timeout(3600)
def test_endures_25_kills(killed: Stack, tmp_path: Path) -> None:
    outcome = endure(killed, tmp_path, SEED, 25, only=ONLY)
    sys.stdout.write(figures.sentences(outcome, SEED) + "\n\n" + figures.table(outcome) + "\n")
    if ONLY is None:
        require_real_kills(outcome)


@pytest.mark.soak
@pytest.mark.timeout(12 * 3600)
def test_endures_a_thousand_kills(killed: Stack, tmp_path: Path) -> None:
    """FAULT_KILLS asks for another number, FAULT_FROM for another first scenario.

    FAULT_FIGURES names the page that gets the figures after each scenario.
    """
    kills, page = int(os.environ.get("FAULT_KILLS", "1000")), os.environ.get("FAULT_FIGURES")
    first = int(os.environ.get("FAULT_FROM", "0"))

    def write(outcome: Outcome) -> None:
        if page:
            figures.write(Path(page), outcome, SEED + 1)

    outcome = endure(killed, tmp_path, SEED + 1, kills, only=ONLY, first=first, after_each=write)
    sys.stdout.write(figures.sentences(outcome, SEED + 1) + "\n\n" + figures.table(outcome) + "\n")
    if ONLY is None:
        require_real_kills(outcome)
