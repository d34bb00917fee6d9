from __future__ import annotations

import subprocess
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from superset_config.errors import BrowserMissingError
from superset_config.pictures import can_have_sandbox, is_blank, launch_options


@pytest.mark.parametrize("has_sandbox", [True, False])
def test_the_browser_of_the_machine_is_started_with_a_sandbox_where_there_can_be_one(has_sandbox: bool) -> None:
    options = launch_options({"args": ["--disable-gpu"]}, program="/usr/bin/chromium", has_sandbox=has_sandbox)
    assert options == {
        "args": ["--disable-gpu"],
        "executable_path": "/usr/bin/chromium",
        "chromium_sandbox": has_sandbox,
    }


def test_without_one_it_says_what_to_do() -> None:
    with pytest.raises(BrowserMissingError, match="Chromium is not installed on this machine: run make install"):
        launch_options({}, program=None, has_sandbox=True)


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_page_that_was_not_painted_is_blank_and_a_number_alone_is_not() -> None:
    page = Image.new("RGB", (1440, 2553), "white")
    ImageDraw.Draw(page).rectangle((0, 900, 1440, 2553), fill="#f5f5f5")
    assert is_blank(png(page))
    ImageDraw.Draw(page).text((20, 20), "2,768", fill="black", font_size=40)
    assert not is_blank(png(page))


def test_root_has_no_sandbox_and_others_have_what_the_machine_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert not can_have_sandbox()
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    for answer in (0, 1):
        made = subprocess.CompletedProcess([], answer)
        monkeypatch.setattr("subprocess.run", lambda *_, made=made, **__: made)
        assert can_have_sandbox() is (answer == 0)
