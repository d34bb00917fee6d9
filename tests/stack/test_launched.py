from __future__ import annotations

from pathlib import Path

from stack.launched import Launched, forget_launched, read_launched, settings_digest, write_launched
from stack.places import Places
from tests.stack.conftest import environment_in


def test_what_was_asked_for_is_kept_until_down(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.supervisor.mkdir()
    assert read_launched(places) == Launched()
    write_launched(places, ["mysql", "redis"], "digest", is_whole=True)
    assert read_launched(places) == Launched(("mysql", "redis"), "digest", is_whole=True)
    forget_launched(places)
    assert read_launched(places) == Launched()


def test_a_file_that_was_cut_short_says_nothing(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.supervisor.mkdir()
    write_launched(places, ["mysql"], "digest", is_whole=True)
    places.launched.write_bytes(places.launched.read_bytes()[:10])
    assert read_launched(places) == Launched()


def test_a_changed_port_or_password_asks_for_a_new_start(tmp_path: Path) -> None:
    environment = environment_in(tmp_path)
    digests = {
        settings_digest(environment.model_copy(update=change), "config")
        for change in ({}, {"mysql_port": 1}, {"redis_password": "other"})
    }
    assert len(digests) == 3
    assert settings_digest(environment, "other config") not in digests


def test_what_services_do_not_read_does_not(tmp_path: Path) -> None:
    environment = environment_in(tmp_path)
    other = environment.model_copy(update={"debug": True})
    assert settings_digest(environment, "config") == settings_digest(other, "config")
