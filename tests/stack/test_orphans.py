from __future__ import annotations

from pathlib import Path

import pytest

from stack.orphans import belongs_to

HOME = Path("/srv/groundup")


@pytest.mark.parametrize(
    ("variables", "ours"),
    [
        ({"SUPERVISOR_PROCESS_NAME": "mysql", "GROUNDUP_HOME": "/srv/groundup"}, True),
        ({"SUPERVISOR_PROCESS_NAME": "mysql", "GROUNDUP_HOME": "/srv/groundup2"}, False),
        ({"SUPERVISOR_PROCESS_NAME": "web"}, False),
        # A shell in which somebody set the folder, and what runs in it.
        ({"GROUNDUP_HOME": "/srv/groundup"}, False),
    ],
)
def test_only_what_our_supervisord_started_is_ours(variables: dict[str, str], ours: bool) -> None:
    assert belongs_to(variables, HOME) is ours
