from __future__ import annotations

from pathlib import Path

from stack.places import Places
from stack.redis_server import redis_settings, write_redis_settings
from tests.stack.conftest import environment_in


def test_the_settings_hold_the_password_and_are_readable_by_this_account_alone(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.redis.mkdir()
    write_redis_settings(environment_in(tmp_path, redis_password="open sesame"), places)
    assert 'requirepass "open sesame"' in places.redis_config.read_text().splitlines()
    assert places.redis_config.stat().st_mode & 0o777 == 0o600


def test_quotes_and_backslashes_are_escaped(tmp_path: Path) -> None:
    settings = redis_settings(environment_in(tmp_path, redis_password='a"b\\c'), Places(tmp_path))
    assert r'requirepass "a\"b\\c"' in settings.splitlines()
