"""The repository's own alerts, applied with somebody to send to: what they say of late days and of a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.conftest import Stack
from tests.delivery.conftest import LAST_DAY, PUBLIC_URL
from tests.delivery.mailbox import Mailbox
from tests.delivery.pictures import opened
from tests.delivery.schedules import Schedules
from tests.delivery.slack import CHANNEL, Workspace

YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
RECIPIENTS = {
    "GROUNDUP_REPORT_MAIL_TO": "everybody@example.com",
    "GROUNDUP_REPORT_SLACK_CHANNEL": str(CHANNEL["id"]),
    "GROUNDUP_ALERT_MAIL_TO": "data-team@example.com",
}


def load_up_to(stack: Stack, day: str) -> None:
    """Five weeks of the demo that end with this day, and nothing else of it."""
    stack.run("demo", "--users", "500", "--days", "35", "--end", day)
    stack.run("load")


@pytest.fixture(scope="module")
def numbers(courier: Stack, schedules: Schedules) -> Iterator[dict[str, int]]:
    """Name → number of the alerts of alerts/, with recipients."""
    before = schedules.client.list("/api/v1/report/", ["id", "name", "active"])
    assert {alert["name"]: alert["active"] for alert in before} == {
        "Morning report": False,
        "DAU out of band": False,
        "Data is late": False,
    }
    courier.run("assets", "apply", **RECIPIENTS)
    after = schedules.client.list("/api/v1/report/", ["id", "name", "active"])
    assert all(alert["active"] for alert in after)
    yield {alert["name"]: alert["id"] for alert in after}
    courier.run("assets", "apply")


def test_late_days_are_told_of_and_no_report_of_them_is_sent(
    numbers: dict[str, int], schedules: Schedules, box: Mailbox, slack: Workspace
) -> None:
    assert schedules.run(numbers["Morning report"])["state"] == "Not triggered"
    assert schedules.run(numbers["DAU out of band"])["state"] == "Not triggered"
    assert (box.letters, slack.calls) == ([], [])
    assert schedules.run(numbers["Data is late"])["state"] == "Success"
    (letter,) = box.letters
    assert letter["X-Envelope-To"] == "data-team@example.com"
    assert letter["Subject"].startswith("Data are late")
    assert opened(box.picture()).width > 1000


def test_the_morning_report_goes_to_all_once_when_yesterday_is_complete(
    numbers: dict[str, int], courier: Stack, schedules: Schedules, box: Mailbox, slack: Workspace
) -> None:
    try:
        load_up_to(courier, str(YESTERDAY))
        states = [schedules.run(numbers["Morning report"])["state"] for _ in range(2)]
    finally:
        load_up_to(courier, LAST_DAY)
    assert states == ["Success", "On Grace"]
    (letter,) = box.letters
    assert letter["X-Envelope-To"] == "everybody@example.com"
    subject = f"Daily report, {YESTERDAY:%A} {YESTERDAY.day} {YESTERDAY:%B %Y}"
    assert letter["Subject"] == subject
    assert PUBLIC_URL in letter.get_body(("html",)).get_content()
    (file,) = slack.files
    assert (file["channel"], file["title"]) == (CHANNEL["id"], subject)
    for content in (box.picture(), file["content"]):
        assert len(opened(content).quantize(64).getcolors() or ()) > 32
