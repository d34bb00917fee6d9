from __future__ import annotations

import pytest

from superset_config.environment import REQUIRED, check, setting
from superset_config.errors import SettingMissingError


def test_all_missing_variables_are_named_at_once() -> None:
    given = dict.fromkeys(REQUIRED, "x") | {"GROUNDUP_REDIS_PASSWORD": ""}
    del given["GROUNDUP_HOME"]
    with pytest.raises(SettingMissingError, match=r"without GROUNDUP_HOME, GROUNDUP_REDIS_PASSWORD; .*groundup up"):
        check(given)


def test_a_full_environment_passes() -> None:
    check(dict.fromkeys(REQUIRED, "x"))


def test_the_environment_goes_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDUP_SUPERSET_PORT", raising=False)
    assert setting("GROUNDUP_SUPERSET_PORT") == "8088"
    monkeypatch.setenv("GROUNDUP_SUPERSET_PORT", "9000")
    assert setting("GROUNDUP_SUPERSET_PORT") == "9000"


def test_the_defaults_are_those_of_the_settings() -> None:
    from settings.environment import Environment

    for name, field in Environment.model_fields.items():
        default = setting_default(f"GROUNDUP_{name.upper()}")
        if default is not None:
            assert default.lower() == str(field.default).lower(), name


def setting_default(name: str) -> str | None:
    from superset_config import environment

    return environment._DEFAULTS.get(name)
