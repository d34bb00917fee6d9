"""Two running Supersets: the session's, which everything shares, and one to change, delete and kill in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.first_run import make_store
from settings.environment import PROJECT, generate_secrets
from stack.lifecycle import start
from superset_sync.assets import KINDS
from tests.conftest import Stack, new_stack
from tests.superset_sync.live_superset import Superset


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A home whose Superset nothing has been applied to."""
    stack = new_stack(tmp_path_factory.mktemp("second"))
    generate_secrets(stack.environment)
    environment = stack.environment
    start(environment, ["mysql"])
    make_store(environment)
    start(environment, ["superset"])
    yield stack
    stack.run("down", check=False)


@pytest.fixture
def superset(second: Stack, tmp_path: Path) -> Superset:
    """As the project's folders say, whatever the test before has left; with a copy of the folders to change."""
    found = Superset(second, copied_folders(tmp_path / "folders"))
    found.run("apply", "--force", "--prune")
    return found


def copied_folders(to: Path) -> Path:
    """The project's asset folders, to change."""
    for kind in KINDS:
        shutil.copytree(PROJECT / kind, to / kind)
    return to
