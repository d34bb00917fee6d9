"""The company's name, and colours.

The categorical colours are Okabe and Ito's, which people with a colour vision deficiency tell apart, in an order in
which neighbours differ in lightness too (https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

from typing import Any

from superset_config.brand import logo_address, svg_address
from superset_config.environment import setting

APP_NAME = setting("GROUNDUP_COMPANY_NAME")

INK = "#17324d"
BLUE = "#0072b2"
RISE = "#00734f"
FALL = "#b3261e"

_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<g fill="{BLUE}"><rect x="4" y="20" width="6" height="9" rx="1"/>'
    '<rect x="13" y="12" width="6" height="17" rx="1"/>'
    '<rect x="22" y="3" width="6" height="26" rx="1"/></g></svg>'
)


APP_ICON = logo_address(setting("GROUNDUP_COMPANY_LOGO"), APP_NAME, INK, BLUE)
FAVICONS = [{"href": svg_address(_MARK), "type": "image/svg+xml"}]
LOGO_TOOLTIP = f"{APP_NAME}: all dashboards"
LOGO_TARGET_PATH = "/"

THEME_DEFAULT: dict[str, Any] = {
    "algorithm": "default",
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "brandLogoUrl": APP_ICON,
        "brandLogoMargin": "14px 0",
        "brandLogoHref": LOGO_TARGET_PATH,
        "brandLogoHeight": "28px",
        "brandIconMaxWidth": 240,
        "brandSpinnerUrl": None,
        "brandSpinnerSvg": None,
        "colorPrimary": BLUE,
        "colorLink": BLUE,
        "colorInfo": BLUE,
        "colorSuccess": RISE,
        "colorError": FALL,
        "colorWarning": "#e69f00",
        "colorTextBase": INK,
        "fontUrls": [],
        "fontFamily": "Inter, Helvetica, Arial, sans-serif",
        "fontFamilyCode": "'IBM Plex Mono', 'Courier New', monospace",
        "transitionTiming": 0.2,
        "fontSizeXS": "8",
        "fontSizeXXL": "28",
        "fontWeightNormal": "400",
        "fontWeightLight": "300",
        "fontWeightStrong": "500",
        "fontWeightBold": "700",
        "colorEditorSelection": "#fff5cf",
    },
}
# One look, checked: colours of figures and labels are chosen for a white ground.
THEME_DARK = None

EXTRA_CATEGORICAL_COLOR_SCHEMES: list[dict[str, Any]] = [
    {
        "id": "groundup",
        "label": "Ground Up",
        "description": "Okabe and Ito's colours, distinguishable with a colour vision deficiency",
        "isDefault": True,
        "colors": [BLUE, "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#7f6a00", "#6f7f8f"],
    }
]

EXTRA_SEQUENTIAL_COLOR_SCHEMES: list[dict[str, Any]] = [
    {
        "id": "groundup_blues",
        "label": "Ground Up blues",
        "description": "From nearly white to a deep blue: the darker, the more",
        "isDiverging": False,
        "isDefault": True,
        "colors": ["#f2f7fb", "#c6dff0", "#8fc1e0", "#4a9bcb", BLUE, "#00517f", INK],
    }
]


def COMMON_BOOTSTRAP_OVERRIDES_FUNC(data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Superset's name for it
    """What Superset's pages are given at their start: "Home" in their menu leads to our page, not to Superset's."""
    for item in data["menu_data"]["menu"]:
        if item["name"] == "Home":
            item["url"] = LOGO_TARGET_PATH
    return {"menu_data": data["menu_data"]}


# A name, since Superset itself is not there yet when this is read.
FAB_INDEX_VIEW = "superset_config.home.HomeView"
