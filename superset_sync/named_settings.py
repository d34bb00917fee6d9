"""What is no business of the repository: a file names a setting of the environment instead, `${GROUNDUP_…}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAMED = re.compile(r"\$\{(\w+)\}")


def names_in(text: str) -> list[str]:
    """The settings that a text names."""
    return _NAMED.findall(text)


def fill(text: str, settings: Mapping[str, str]) -> str:
    """The text with their values; one that is not set leaves nothing."""
    return _NAMED.sub(lambda match: settings.get(match[1], ""), text)
