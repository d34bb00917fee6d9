"""Two running Supersets: the session's, which everything shares, and one to change, delete and kill in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loaders.first_run import make_store
from settings.environment import generate_secrets
from stack.lifecycle import start
from tests.conftest import Stack, new_stack


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
