"""How faults are planted in sound folders: each alone must be refused, under its rule, with its message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from superset_sync.rules import Rule

MISSING = "99999999-0000-4000-8000-000000000009"
DATABASE_FILE = "databases/Reports.yaml"
DATASET_FILE = "datasets/Reports/active_users.yaml"
LINE = "charts/daily_users.yaml"
TABLE = "charts/first_users.yaml"
PAGE = "dashboards/users.yaml"
Folders = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is done to sound folders, and how the finding begins."""

    plant: Callable[[Folders], object]
    rule: Rule
    message: str


def page_filter(folders: Folders) -> Any:
    return folders[PAGE]["metadata"]["native_filter_configuration"][0]


def move(folders: Folders, old: str, new: str) -> None:
    folders[new] = folders.pop(old)


def column(folders: Folders, place: int) -> Any:
    return folders[DATASET_FILE]["columns"][place]


def component(folders: Folders, name: str) -> Any:
    return folders[PAGE]["position"][name]
