"""The package as Superset reads it, in Superset's own environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import superset_config
from settings.environment import PROJECT
from superset_config.environment import REQUIRED

PYTHON = PROJECT / ".venv-superset" / "bin" / "python"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=".venv-superset is not installed")


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDUP_")}
    return subprocess.run(
        [PYTHON, "-c", code], cwd=PROJECT, env={**given, **variables}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def settings() -> Any:
    variables = dict.fromkeys(REQUIRED, "p@ss:/word") | {"GROUNDUP_HOME": "/tmp/groundup-home"}
    code = (
        "import json, superset_config as c;"
        "print(json.dumps({name: getattr(c, name) for name in c.__all__}, default=str))"
    )
    result = run(code, **variables)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_only_settings_leave_the_package() -> None:
    assert all(name.isupper() for name in superset_config.__all__)
    assert "SQLALCHEMY_DATABASE_URI" in superset_config.__all__


def test_a_missing_variable_is_one_sentence() -> None:
    result = run("import superset_config")
    assert result.returncode == 1
    assert result.stderr.strip().startswith("Superset cannot start without GROUNDUP_HOME, ")
    assert "Traceback" not in result.stderr


def test_passwords_are_quoted_in_addresses(settings: Any) -> None:
    assert settings["SQLALCHEMY_DATABASE_URI"].startswith(
        "mysql+pymysql://groundup_superset:p%40ss%3A%2Fword@127.0.0.1:"
    )
    assert settings["RATELIMIT_STORAGE_URI"] == "redis://:p%40ss%3A%2Fword@127.0.0.1:16379/2"


def test_every_cache_lies_in_redis_under_a_name_of_its_own(settings: Any) -> None:
    caches = [settings[name] for name in settings if name.endswith("CACHE_CONFIG") or name == "CACHE_CONFIG"]
    assert len(caches) == 4
    # The figures follow the report store, in Redis too.
    following = "superset_config.data_cache.FollowingDataCache"
    assert settings["DATA_CACHE_CONFIG"]["CACHE_TYPE"] == following
    assert {cache["CACHE_TYPE"] for cache in caches} == {"RedisCache", following}
    assert len({cache["CACHE_KEY_PREFIX"] for cache in caches}) == 4


def test_pages_load_nothing_from_outside(settings: Any) -> None:
    policy = settings["TALISMAN_CONFIG"]["content_security_policy"]
    assert "http" not in json.dumps(policy)
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]


def test_no_public_default_is_left_for_a_secret(settings: Any) -> None:
    for name in ("SECRET_KEY", "GUEST_TOKEN_JWT_SECRET", "GLOBAL_ASYNC_QUERIES_JWT_SECRET"):
        assert settings[name] == "p@ss:/word"


def test_state_stays_in_the_home(settings: Any) -> None:
    assert Path(settings["DATA_DIR"]) == Path("/tmp/groundup-home/superset")


def test_mariadb_is_treated_as_mysql_without_sequences() -> None:
    code = (
        "import superset_config; from sqlalchemy.dialects.mysql.base import MySQLDialect;"
        "import MySQLdb; print(MySQLDialect.initialize.without_sequences, MySQLdb.__name__)"
    )
    assert run(code, **dict.fromkeys(REQUIRED, "x")).stdout.split() == ["True", "pymysql"]


def test_orders_lie_in_redis_and_messages_really_go_out(settings: Any) -> None:
    assert "CELERY_CONFIG" in settings
    assert settings["ALERT_REPORTS_NOTIFICATION_DRY_RUN"] is False
    assert settings["SMTP_SSL_SERVER_AUTH"] is True
    assert settings["WEBDRIVER_BASEURL_USER_FRIENDLY"] == "http://127.0.0.1:8088/"
