from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Stack, new_stack
from tests.dags.airflow_home import set_up


@pytest.fixture(scope="session")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A home of its own with MySQL and what Airflow keeps; nothing is scheduled before a test starts it."""
    stack = new_stack(tmp_path_factory.mktemp("scheduled"))
    stack.run("up", "mysql")
    set_up(stack)
    yield stack
    stack.run("down", check=False)
