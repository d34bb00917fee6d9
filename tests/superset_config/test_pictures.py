from __future__ import annotations

import pytest

from superset_config.errors import BrowserMissingError
from superset_config.pictures import launch_options


@pytest.mark.parametrize("is_root", [True, False])
def test_the_browser_of_the_machine_is_started_with_a_sandbox_unless_by_root(is_root: bool) -> None:
    options = launch_options({"args": ["--disable-gpu"]}, program="/usr/bin/chromium", is_root=is_root)
    assert options == {
        "args": ["--disable-gpu"],
        "executable_path": "/usr/bin/chromium",
        "chromium_sandbox": not is_root,
    }


def test_without_one_it_says_what_to_do() -> None:
    with pytest.raises(BrowserMissingError, match="Chromium is not installed on this machine: run make install"):
        launch_options({}, program=None, is_root=False)
