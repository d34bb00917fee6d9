"""The reader's identities can fail: each of them tells a store from which somebody has taken a part of the new away."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from loaders.store.connection import connected
from tests.conftest import Stack
from tests.faults.reader import read, snapshot
from tests.faults.store_identities import violations
from tests.loaders.store.conftest import drop_all
from tests.loaders.test_whole_pipeline import take
from tests.pipeline import Pipeline

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def states(store: Stack) -> Iterator[tuple[Rows, Rows]]:
    """MySQL before and after a load that restates a day and adds one."""
    first = [take(f"202401{day:02}", user) for day in range(1, 15) for user in ("a", "b") if (day + len(user)) % 5]
    with connected(store.environment, "loader") as connection, Pipeline() as pipeline:
        drop_all(connection)
        found = []
        for rows in (first, [take("20240103", "c"), take("20240103", "b", "India"), take("20240115", "c")]):
            pipeline.ingest_rows("ios", {"rows.ndjson": rows})
            pipeline.load_store(store.environment)
            with snapshot(connection):
                found.append(read(connection))
    yield found[0], found[1]


def test_both_states_are_right(states: tuple[Rows, Rows]) -> None:
    assert [violations(state) for state in states] == [[], []]


@pytest.mark.parametrize("table", ["days", "slices", "active_users", "daily_report", "growth", "retention", "events"])
def test_one_table_of_the_new_state_among_the_old_ones_is_told(states: tuple[Rows, Rows], table: str) -> None:
    before, after = states
    assert violations({**before, table: after[table]})


@pytest.mark.parametrize("table", ["active_users", "daily_report", "growth", "retention", "events"])
def test_a_slice_without_one_of_its_rows_is_told(states: tuple[Rows, Rows], table: str) -> None:
    state = states[1]
    assert all(violations({**state, table: state[table][:n] + state[table][n + 1 :]}) for n in range(len(state[table])))


@pytest.mark.parametrize(
    ("table", "figure", "words"),
    [
        ("active_users", "dau", "Dau ≤ wau ≤ mau"),
        ("growth", "retained", "Who was active this week"),
        ("growth", "churned", "Who was active the week before"),
        ("retention", "cohort_users", "A cohort is the day's new users"),
        ("retention", "active_users", "On day 0 all of the cohort"),
        ("daily_report", "mau_prev_week", "The daily report has the figures of active_users"),
        ("daily_report", "takes", "The daily report counts the takes"),
        ("active_users_by_country", "wau", "A report with fewer keys"),
        ("slices", "rows", "Every report has the slices"),
    ],
)
def test_a_wrong_figure_is_told_by_its_identity(states: tuple[Rows, Rows], table: str, figure: str, words: str) -> None:
    state = copy.deepcopy(states[1])
    rows = [row for row in state[table] if row.get("day_n", 0) == 0 and row.get("report", "events") in state]
    row = rows[-1]
    row[figure] += 7
    assert any(line.startswith(words) for line in violations(state))
