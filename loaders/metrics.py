"""metrics.yaml: the definitions that a company may choose. Changing one restates what depends on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from loaders.declarations import Declaration, read_declaration
from loaders.errors import DeclarationError

Setting = int | tuple[str, ...]


class Activity(Declaration):
    """What makes a user active."""

    background_events: tuple[str, ...]
    mau_days: Annotated[int, Field(ge=7, le=366)]


class MorningReport(Declaration):
    """What the company's morning table counts."""

    take_events: tuple[str, ...]


class Metrics(Declaration):
    """All settings of metrics.yaml."""

    activity: Activity
    report: MorningReport
    final_after_days: Annotated[int, Field(ge=0, le=30)]

    def setting(self, name: str) -> Setting:
        """The value under a dotted name such as `activity.mau_days`. Raises DeclarationError for an unknown one."""
        value: object = self
        for part in name.split("."):
            value = getattr(value, part, None)
        if not isinstance(value, int | tuple):
            raise DeclarationError(f"metrics.yaml has no setting {name}; correct the declaration that names it.")
        return value


def load_metrics(path: Path) -> Metrics:
    """metrics.yaml, checked. Raises DeclarationError."""
    return read_declaration(path, Metrics)
