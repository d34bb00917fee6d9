"""What Superset's own pages call the controls and the kinds of charts: read out of the installed JavaScript."""

from __future__ import annotations

import re
from functools import cache

from settings.environment import PROJECT

_ASSETS = "lib/python3.11/site-packages/superset/static/assets"


# What the expressions below find beside the names of controls.
NO_CONTROLS = frozenset({"inherit", "initialValue"})


@cache
def _all() -> tuple[str, ...]:
    """The scripts that speak of controls or of kinds of charts."""
    paths = sorted((PROJECT / ".venv-superset" / _ASSETS).glob("*.js"))
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in paths)
    marks = ("controlSetRows", "temporal_columns_lookup", 'Area="echarts_area"', '"deck_')
    return tuple(text for text in texts if any(mark in text for mark in marks))


def _scripts() -> tuple[str, ...]:
    return tuple(text for text in _all() if "controlSetRows" in text or "temporal_columns_lookup" in text)


def controls() -> set[str]:
    """The names of the controls of all kinds of charts."""
    found: set[str] = set()
    for text in _scripts():
        found |= set(re.findall(r'\{name:"([a-zA-Z_]\w*)",config:', text))
        for row in re.finditer(r"controlSetRows:\[", text):
            found |= set(re.findall(r'\["([a-zA-Z_]\w*)"\]', text[row.end() : row.end() + 6000]))
        # The controls that all kinds share are one object, from `metrics` to `echart_options`.
        for shared in re.findall(r"[({]metrics:[\w.]+,metric:[^{}]+datasource:.{0,3000}?echart_options:", text):
            found |= set(re.findall(r"[{,(]([a-z_][a-z_0-9]*):", shared))
    return found


def viz_types() -> set[str]:
    """The kinds of charts."""
    [named] = {match for text in _all() for match in re.findall(r'Area="echarts_area".{0,2500}?WorldMap="[^"]+"', text)}
    layers = {match for text in _all() for match in re.findall(r'"(deck_[a-z]+)"', text)}
    return set(re.findall(r'\w+="([a-z0-9_-]+)"', named)) | layers - {"deck_layer", "deck_slices"}
