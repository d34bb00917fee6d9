"""Whether passwords and keys are fit for where others can reach them."""

from __future__ import annotations

from collections.abc import Mapping

# In characters: the random part of what is generated has 16 and 43.
SHORTEST_PASSWORD = 12
SHORTEST_KEY = 32
_FEWEST_DIFFERENT = 6
# Superset's own defaults and those of its images, and what people type first. In lower case.
_KNOWN = (
    *("change_me_secret_key", "test_non_dev_secret", "test-guest-secret-change-me", "test-secret-change-me"),
    *("your_secret_key", "thisisasecret", "supersecret", "changeme", "change-me", "password", "12345678", "qwerty"),
)
_KEYS = ("SECRET_KEY", "GUEST_SECRET")
REMEDY = "remove it from the environment and .env, and a strong one is generated, or set one that nobody can guess"


def is_production(variables: Mapping[str, str]) -> bool:
    """Whether people open Superset at an address of its own by https: then others than its owner can reach it."""
    return variables.get("GROUNDUP_SUPERSET_PUBLIC_URL", "").startswith("https://")


def weakness(variables: Mapping[str, str]) -> str:
    """The first of the passwords and keys among the variables that can be guessed, and why; empty when none can."""
    for name, value in variables.items():
        is_key = name.endswith(_KEYS)
        if not is_key and not name.endswith("_PASSWORD"):
            continue
        # The mail server's is not ours to choose; one that is not set, something else complains about.
        if name == "GROUNDUP_SMTP_PASSWORD" or not value:
            continue
        shortest = SHORTEST_KEY if is_key else SHORTEST_PASSWORD
        if any(known in value.lower() for known in _KNOWN):
            return f"{name} is a default that everybody knows"
        if len(value) < shortest:
            return f"{name} has {len(value)} characters and needs {shortest}"
        if len(set(value)) < _FEWEST_DIFFERENT:
            return f"{name} repeats the same few characters"
    return ""
