from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from superset_config.brand import logo_address, named_logo


def test_without_a_logo_of_its_own_the_name_stands_beside_three_bars() -> None:
    address = logo_address("", "Äpfel & <Birnen>", "#000000", "#0072b2")
    svg = ElementTree.fromstring(unquote(address.removeprefix("data:image/svg+xml,")))
    assert svg.findtext("{http://www.w3.org/2000/svg}text") == "Äpfel & <Birnen>"


def test_a_longer_name_gets_more_room() -> None:
    def width(name: str) -> int:
        return int(ElementTree.fromstring(named_logo(name, "#000000", "#0072b2")).attrib["width"])

    assert width("A company with a long name") > 2 * width("Ab")


def test_the_companys_own_picture_is_part_of_the_address(tmp_path: Path) -> None:
    picture = tmp_path / "Logo.PNG"
    picture.write_bytes(b"\x89PNG")
    kind, content = logo_address(str(picture), "Shop", "", "").split(";base64,")
    assert (kind, base64.b64decode(content)) == ("data:image/png", b"\x89PNG")


def test_a_picture_that_has_gone_since_is_left_out(tmp_path: Path) -> None:
    assert logo_address(str(tmp_path / "gone.svg"), "Shop", "", "").startswith("data:image/svg+xml,")
