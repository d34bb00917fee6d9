"""A history in chunks by the command line: announced, resumable, and the same in the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.store.connection import connected
from tests.conftest import Stack
from tests.loaders.store.conftest import drop_all


@pytest.fixture(scope="module")
def history(store: Stack, module_folder: Path) -> Stack:
    """The running MySQL with a warehouse of its own, of which nothing is loaded."""
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    (module_folder / "secrets.env").write_text((store.home / "secrets.env").read_text())
    stack = Stack(module_folder, store.variables | {"GROUNDUP_HOME": str(module_folder)})
    stack.run("demo", "--days", "50", "--users", "200", "--end", "2026-06-30")
    return stack


def figures(stack: Stack) -> list[str]:
    question = "SELECT date, SUM(dau), SUM(wau), SUM(mau), SUM(new_users) FROM active_users GROUP BY date ORDER BY date"
    return stack.run("sql", question, "--format", "csv").stdout.splitlines()


def test_the_chunks_are_announced_and_nothing_is_done(history: Stack) -> None:
    shown = history.run("backfill", "--plan", "--chunk-days", "20").stdout
    assert "2026-05-12 … 2026-05-31" in shown
    assert "50 days in 3 chunks, for $0.00 at most" in shown
    chunks = json.loads(history.run("backfill", "--plan", "--chunk-days", "20", "--json").stdout)
    assert [(chunk["from"], chunk["days"]) for chunk in chunks] == [
        ("2026-05-12", 20),
        ("2026-06-01", 20),
        ("2026-06-21", 10),
    ]


def test_a_part_is_shown_and_the_rest_goes_on_from_there(history: Stack) -> None:
    said = history.run("backfill", "--to", "2026-06-10", "--chunk-days", "20").stdout
    assert "2026-05-12 … 2026-05-31 are loaded: 20 of 30 days" in said
    assert "2026-06-01 … 2026-06-10 are loaded: 30 of 30 days" in said
    assert len(figures(history)) == 1 + 30
    said = history.run("backfill").stdout
    assert "20 days in 1 chunk" in said
    assert "at the pace of the last loads" in said
    assert history.run("backfill").stdout.startswith("Nothing to do: every delivered day of these is loaded.")


def test_the_figures_are_those_of_one_load(history: Stack) -> None:
    assert json.loads(history.run("plan", "--json").stdout) == {"steps": []}
    in_chunks = figures(history)
    history.run("load", "--force")
    assert figures(history) == in_chunks
    assert len(in_chunks) == 1 + 50


def test_days_that_are_not_there_are_named(history: Stack) -> None:
    done = history.run("backfill", "--from", "2031-01-01", check=False)
    assert done.returncode == 1
    assert "There is no data for 2031-01-01" in done.stderr
