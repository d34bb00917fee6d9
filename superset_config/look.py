"""The product's name and colours.

The categorical colours are Okabe and Ito's, which people with a colour vision deficiency tell apart, in an order in
which neighbours differ in lightness too (https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

APP_NAME = "Ground Up"

INK = "#17324d"
BLUE = "#0072b2"
RISE = "#00734f"
FALL = "#b3261e"

_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 172 32" height="32" width="172">'
    f'<g fill="{BLUE}"><rect x="2" y="20" width="6" height="8" rx="1"/>'
    '<rect x="11" y="13" width="6" height="15" rx="1"/>'
    '<rect x="20" y="4" width="6" height="24" rx="1"/></g>'
    '<text x="36" y="23" font-family="Inter,Helvetica,Arial,sans-serif" font-size="20" font-weight="600" '
    f'fill="{INK}">'
    "Ground Up</text></svg>"
)
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<g fill="{BLUE}"><rect x="4" y="20" width="6" height="9" rx="1"/>'
    '<rect x="13" y="12" width="6" height="17" rx="1"/>'
    '<rect x="22" y="3" width="6" height="26" rx="1"/></g></svg>'
)


def _as_address(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg)


APP_ICON = _as_address(_LOGO)
FAVICONS = [{"href": _as_address(_MARK), "type": "image/svg+xml"}]
LOGO_TOOLTIP = "Ground Up: all dashboards"
LOGO_TARGET_PATH = "/dashboard/list/"

THEME_DEFAULT: dict[str, Any] = {
    "algorithm": "default",
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "brandLogoUrl": APP_ICON,
        "brandLogoMargin": "14px 0",
        "brandLogoHref": LOGO_TARGET_PATH,
        "brandLogoHeight": "28px",
        "brandIconMaxWidth": 172,
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

# A name, since Superset itself is not there yet when this is read.
FAB_INDEX_VIEW = "superset_config.home.HomeView"
