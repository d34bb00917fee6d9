"""The company's name and logo, from its settings."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
# At 20 pixels, a letter is about this wide.
_LETTER = 11.5


def svg_address(svg: str) -> str:
    """A picture as an address that needs no request; an SVG behind one runs no script."""
    return "data:image/svg+xml," + quote(svg)


def logo_address(file: str, name: str, ink: str, blue: str) -> str:
    """The company's own logo where it has set one, else three bars with its name beside them.

    `groundup` has checked the file; one that has gone since is left out.
    """
    path = Path(file)
    if file and path.suffix.lower() in _KINDS and path.is_file():
        content = base64.b64encode(path.read_bytes()).decode()
        return f"data:{_KINDS[path.suffix.lower()]};base64,{content}"
    return svg_address(named_logo(name, ink, blue))


def named_logo(name: str, ink: str, blue: str) -> str:
    """Three bars and a name, as SVG."""
    width = round(44 + _LETTER * len(name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 32" height="32" width="{width}">'
        f'<g fill="{blue}"><rect x="2" y="20" width="6" height="8" rx="1"/>'
        '<rect x="11" y="13" width="6" height="15" rx="1"/>'
        '<rect x="20" y="4" width="6" height="24" rx="1"/></g>'
        '<text x="36" y="23" font-family="Inter,Helvetica,Arial,sans-serif" font-size="20" font-weight="600" '
        f'fill="{ink}">{escape(name)}</text></svg>'
    )
