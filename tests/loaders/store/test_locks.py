"""One load at a time, and none that is held up by a dead one."""

import threading
import time

import pytest

from loaders.errors import StoreError
from loaders.store import locks
from loaders.store.connection import connected
from loaders.store.locks import load_lock
from tests.conftest import Stack


def wait_for_lock(stack: Stack, held: threading.Event) -> None:
    with connected(stack.environment, "loader") as connection, load_lock(connection):
        held.set()


def test_the_lock_of_a_load_that_is_being_undone_is_waited_for(store: Stack) -> None:
    """MySQL gives it back when the killed load's transaction has been rolled back, which takes its time."""
    held = threading.Event()
    with connected(store.environment, "loader") as dying, connected(store.environment, "loader") as looking:
        with load_lock(dying):
            waiting = threading.Thread(target=wait_for_lock, args=(store, held))
            waiting.start()
            with looking.cursor() as cursor:
                while not cursor.execute("SELECT 1 FROM information_schema.processlist WHERE state = 'User lock'"):
                    time.sleep(0.01)
            assert not held.is_set()
        waiting.join()
    assert held.is_set()


def test_a_load_that_goes_on_is_told(store: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0)
    with (
        connected(store.environment, "loader") as other,
        load_lock(other),
        pytest.raises(StoreError, match="Another load is running"),
    ):
        wait_for_lock(store, threading.Event())
