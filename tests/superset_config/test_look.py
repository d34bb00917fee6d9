from __future__ import annotations

import re

import yaml

from settings.environment import PROJECT
from superset_config.look import EXTRA_CATEGORICAL_COLOR_SCHEMES, FALL, INK, RISE

DASHBOARD = yaml.safe_load((PROJECT / "dashboards" / "daily_report.yaml").read_text())


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str) -> float:
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_colours_are_readable_on_both_grounds_of_a_table() -> None:
    for colour in (INK, RISE, FALL):
        for ground in ("#ffffff", "#f5f5f5"):
            assert contrast(colour, ground) >= 4.5, (colour, ground)


def test_the_charts_use_the_same_green_and_red() -> None:
    used = set()
    for path in (PROJECT / "charts").glob("*.yaml"):
        params = yaml.safe_load(path.read_text())["params"]
        for rule in params.get("conditional_formatting") or []:
            used.add((rule["operator"], rule["colorScheme"]))
    assert {(">", RISE), ("<", FALL)} <= used
    assert {colour for _, colour in used} == {RISE, FALL}
    assert set(re.findall(r"color: (#[0-9a-f]{6});", DASHBOARD["css"])) == {RISE, FALL}


def test_colours_of_one_chart_differ() -> None:
    labels = DASHBOARD["metadata"]["label_colors"]
    countries = [labels[name] for name in ("Türkiye", "Russia", "India", "Brazil", "South Korea", "United States")]
    for group in (["Android", "iOS", "Web"], ["daily_active_users", "weekly_active_users", "monthly_active_users"]):
        assert len({labels[name] for name in group}) == len(group)
    assert len(set(countries)) == len(countries)


def test_the_dashboard_uses_the_house_s_scheme() -> None:
    (scheme,) = EXTRA_CATEGORICAL_COLOR_SCHEMES
    assert DASHBOARD["metadata"]["color_scheme"] == scheme["id"]
    assert len(set(scheme["colors"])) == len(scheme["colors"])
