"""A stack whose alerts and reports go to a mail server and to a Slack of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settings.environment import PROJECT
from tests.conftest import Stack, free_port, new_stack
from tests.delivery.mailbox import Mailbox, mailbox
from tests.delivery.schedules import Schedules
from tests.delivery.slack import TOKEN, Workspace, workspace

LAST_DAY = "2026-10-31"
PUBLIC_URL = "https://data.example.com"


@pytest.fixture(scope="session")
def ports() -> tuple[int, int]:
    """Where mails and Slack's calls go."""
    return free_port(), free_port()


@pytest.fixture(scope="session")
def courier(tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int]) -> Iterator[Stack]:
    """The stack, with 35 days of a demo."""
    if not (PROJECT / ".venv-superset").exists():
        pytest.skip(".venv-superset is not installed")
    made = new_stack(tmp_path_factory.mktemp("courier"))
    mail, slack = ports
    stack = Stack(
        made.home,
        made.variables
        | {
            "GROUNDUP_SMTP_PORT": str(mail),
            "GROUNDUP_SMTP_FROM": "reports@example.com",
            "GROUNDUP_SLACK_TOKEN": TOKEN,
            "GROUNDUP_SLACK_URL": f"http://127.0.0.1:{slack}/api",
            "GROUNDUP_SUPERSET_PUBLIC_URL": PUBLIC_URL,
        },
    )
    stack.run("up", "--no-demo")
    stack.run("demo", "--users", "500", "--days", "35", "--end", LAST_DAY)
    stack.run("load")
    yield stack
    stack.run("down", check=False)


@pytest.fixture(scope="session")
def schedules(courier: Stack) -> Iterator[Schedules]:
    made = Schedules(courier)
    yield made
    made.close()


@pytest.fixture
def box(ports: tuple[int, int]) -> Iterator[Mailbox]:
    with mailbox(ports[0]) as box:
        yield box


@pytest.fixture
def slack(ports: tuple[int, int]) -> Iterator[Workspace]:
    with workspace(ports[1]) as slack:
        yield slack
