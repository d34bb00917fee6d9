"""A database that not every instance has: its address names a setting, and where that is empty it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from superset_sync.named_settings import fill, names_in

SETTINGS = frozenset({"GROUNDUP_SQLLAB_BIGQUERY_PROJECT"})


def address_settings(database: Mapping[str, Any]) -> list[str]:
    """The settings that a file names."""
    return names_in(str(database.get("sqlalchemy_uri") or ""))


def is_set_up(database: Mapping[str, Any], settings: Mapping[str, str]) -> bool:
    """Whether an instance has this database: all settings that it names are set."""
    return all(settings.get(name) for name in address_settings(database))


def at_its_address(database: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The database with its settings' values."""
    return {**database, "sqlalchemy_uri": fill(str(database.get("sqlalchemy_uri") or ""), settings)}
