"""Passwords that can be guessed, where others could try."""

from __future__ import annotations

import pytest

from settings.environment import SECRETS, generate_secrets, load_environment
from settings.strength import is_production, weakness

STRONG = "zq8-Lk2_vN4xRt7yWm3cBd6hJf9gPs1aTe5uQo0i"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("GROUNDUP_SUPERSET_SECRET_KEY", "CHANGE_ME_SECRET_KEY", "default that everybody knows"),
        ("GROUNDUP_SUPERSET_SECRET_KEY", "TEST_NON_DEV_SECRET", "default that everybody knows"),
        ("GROUNDUP_SUPERSET_GUEST_SECRET", "test-guest-secret-change-me", "default that everybody knows"),
        ("GROUNDUP_SUPERSET_SECRET_KEY", STRONG[:31], "has 31 characters and needs 32"),
        ("GROUNDUP_SUPERSET_GUEST_SECRET", STRONG[:8], "has 8 characters and needs 32"),
        ("GROUNDUP_SUPERSET_SECRET_KEY", "ab" * 20, "repeats the same few characters"),
        ("GROUNDUP_ADMIN_PASSWORD", "admin", "has 5 characters and needs 12"),
        ("GROUNDUP_ADMIN_PASSWORD", "MyPassword2026", "default that everybody knows"),
        ("GROUNDUP_MYSQL_READER_PASSWORD", "short", "has 5 characters and needs 12"),
        ("GROUNDUP_REDIS_PASSWORD", "redis", "has 5 characters and needs 12"),
    ],
)
def test_what_can_be_guessed_is_named(name: str, value: str, why: str) -> None:
    others = {"GROUNDUP_SUPERSET_SECRET_KEY": STRONG, "GROUNDUP_ADMIN_PASSWORD": STRONG[:12]}
    found = weakness({**others, name: value})
    assert found.startswith(f"{name} ")
    assert why in found
    assert value not in found or name.endswith("ADMIN_PASSWORD")


def test_what_is_generated_is_strong(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path / "home"))
    variables = generate_secrets(load_environment()).as_variables()
    assert all(variables[name] for name in SECRETS)
    assert weakness(variables) == ""


def test_another_companys_mail_password_is_not_ours_to_judge() -> None:
    assert weakness({"GROUNDUP_SMTP_PASSWORD": "x"}) == ""


def test_only_an_address_by_https_makes_it_production() -> None:
    assert is_production({"GROUNDUP_SUPERSET_PUBLIC_URL": "https://data.example.com"})
    assert not is_production({"GROUNDUP_SUPERSET_PUBLIC_URL": "http://127.0.0.1:8088"})
    assert not is_production({})
