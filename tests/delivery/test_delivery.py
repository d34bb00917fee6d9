"""What arrives, at real servers: the daily report as a picture, alerts, and what is said when nothing arrives."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.reports import Reports
from tests.browser.superset import open_browser
from tests.conftest import Stack
from tests.delivery.conftest import LAST_DAY, PUBLIC_URL
from tests.delivery.mailbox import Mailbox, mailbox
from tests.delivery.pictures import WINDOW, Reference, difference, opened
from tests.delivery.schedules import MAIL, SLACK, Schedules
from tests.delivery.slack import CHANNEL, Workspace, workspace
from tests.waiting import wait_until

SUBJECT = "Daily report, Saturday 31 October 2026"
DAU = "Active users in a day"


@pytest.fixture(scope="module")
def browser(courier: Stack) -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def reference(courier: Stack, browser: Browser) -> Reference:
    environment = courier.environment
    return Reference(browser, environment.superset_url, environment.employee_password)


def problems(stack: Stack) -> list[str]:
    """What `groundup status` says of alerts and reports."""
    told = json.loads(stack.run("status", "--json", check=False).stdout)["problems"]
    return [problem["text"] for problem in told if "was not delivered" in problem["text"]]


def digits_changed(figure: str) -> list[str]:
    """The figure, and all that differ from it in one digit."""
    return [figure] + [
        figure[:place] + digit + figure[place + 1 :]
        for place, own in enumerate(figure)
        for digit in "0123456789"
        if own.isdigit() and digit != own
    ]


@pytest.fixture(scope="module")
def sent(ports: tuple[int, int], schedules: Schedules) -> tuple[Mailbox, Workspace]:
    """What came of one execution of the daily report."""
    number = schedules.make("Morning", email_subject="Daily report, {day}", recipients=[MAIL, SLACK])
    with mailbox(ports[0]) as box, workspace(ports[1]) as slack:
        assert schedules.run(number)["state"] == "Success"
    schedules.remove(number)
    return box, slack


class TestTheDailyReport:
    def test_goes_to_everybody_once(self, sent: tuple[Mailbox, Workspace]) -> None:
        box, slack = sent
        (letter,) = box.letters
        assert letter["From"] == "reports@example.com"
        assert letter["X-Envelope-To"] == "everybody@example.com"
        (file,) = slack.files
        assert file["channel"] == CHANNEL["id"]
        assert slack.posts == []

    def test_names_the_day_of_the_data_and_not_of_the_sending(self, sent: tuple[Mailbox, Workspace]) -> None:
        box, slack = sent
        assert box.letters[0]["Subject"] == SUBJECT
        assert slack.files[0]["title"] == SUBJECT
        assert slack.files[0]["filename"] == f"{SUBJECT}.png"
        assert slack.files[0]["comment"].startswith(f"*{SUBJECT}*")

    def test_leads_to_the_dashboard_at_its_public_address(
        self, sent: tuple[Mailbox, Workspace], reference: Reference
    ) -> None:
        box, slack = sent
        body = box.letters[0].get_body(("html",))
        assert body is not None
        links = re.findall(r'href="([^"]+)"', body.get_content())
        links += re.findall(r"<(http[^|]+)\|", slack.files[0]["comment"])
        assert len(links) == 2
        for link in links:
            assert link.startswith(f"{PUBLIC_URL}/superset/dashboard/")
            page = reference.employee.page.context.new_page()
            page.goto(link.replace(PUBLIC_URL, reference.employee.url))
            page.get_by_text("Active users in 28 days").first.wait_for()
            assert page.title() == "Daily report"
            page.close()

    def test_shows_every_chart_drawn_to_its_end(self, sent: tuple[Mailbox, Workspace], reference: Reference) -> None:
        """As an employee's browser shows them, which has no spinner and no error any more."""
        assert len(reference.employee.chart_names()) == 12
        assert reference.employee.chart_faults() == {}
        box, slack = sent
        # The browser's page may still settle where the machine is busy.
        expected = wait_until(lambda: self.still(reference, opened(box.picture()).size))
        for content in (box.picture(), slack.files[0]["content"]):
            picture = opened(content)
            assert picture.width == WINDOW["width"]
            assert len(picture.quantize(64).getcolors() or ()) > 32
            for name in reference.employee.chart_names():
                place = reference.box(f'[data-test-chart-name="{name}"]')
                assert len(picture.crop(place).quantize(64).getcolors() or ()) > 10, name
                assert difference(picture.crop(place), expected.crop(place)) < 0.01, name

    @staticmethod
    def still(reference: Reference, size: tuple[int, int]) -> Image.Image | None:
        """The page when it has that size and does not change any more."""
        one, other = reference.picture(), reference.picture()
        return other if other.size == size and one.tobytes() == other.tobytes() else None

    def test_shows_the_day_s_dau(self, sent: tuple[Mailbox, Workspace], reference: Reference, courier: Stack) -> None:
        """Read from the picture: of all figures that differ in a digit, it shows the one that MySQL has."""
        reports = Reports(courier.environment)
        dau = f"{int(reports.value('SELECT SUM(dau) FROM daily_report WHERE date = %s', LAST_DAY)):,}"
        reports.close()
        found = reference.read(opened(sent[0].picture()), DAU, digits_changed(dau))
        (best, second, *_) = sorted(found, key=lambda figure: found[figure])
        assert best == dau
        assert found[best] < 0.002
        assert found[second] > 0.01

    def test_its_password_is_known_to_nobody(self, courier: Stack) -> None:
        from superset_sync.client import SupersetClient
        from superset_sync.errors import SyncError

        for password in ("", "reporter", courier.environment.employee_password):
            with pytest.raises(SyncError):
                SupersetClient(courier.environment.superset_url, "reporter", password)


def test_a_schedule_comes_by_itself_within_its_minute(schedules: Schedules, box: Mailbox) -> None:
    number = schedules.make_alert("Every minute", "SELECT 1", crontab="* * * * *", report_format="TEXT", grace_period=1)
    made = dt.datetime.now(dt.UTC)
    wait_until(lambda: box.letters, seconds=90)
    ended = schedules.wait_for_end(number, 0)
    schedules.remove(number)
    due = dt.datetime.fromisoformat(ended["scheduled_dttm"]).replace(tzinfo=dt.UTC)
    assert due.second == 0
    assert made < due <= made + dt.timedelta(minutes=1)
    assert len(box.letters) == 1


class TestAnAlert:
    def test_whose_condition_is_false_sends_nothing(self, schedules: Schedules, box: Mailbox, slack: Workspace) -> None:
        number = schedules.make_alert("Never", "SELECT 0", recipients=[MAIL, SLACK])
        assert schedules.run(number)["state"] == "Not triggered"
        schedules.remove(number)
        assert (box.letters, slack.calls) == ([], [])

    def test_that_is_true_sends_once_in_its_grace_period(
        self, schedules: Schedules, box: Mailbox, slack: Workspace
    ) -> None:
        number = schedules.make_alert(
            "Always",
            "SELECT 1",
            recipients=[MAIL, SLACK],
            report_format="TEXT",
            grace_period=3600,
            email_subject="DAU on {day}",
        )
        assert [schedules.run(number)["state"] for _ in range(2)] == ["Success", "On Grace"]
        schedules.remove(number)
        assert [letter["Subject"] for letter in box.letters] == ["DAU on Saturday 31 October 2026"]
        (post,) = slack.posts
        assert post["text"].startswith("*DAU on Saturday 31 October 2026*")

    def test_that_cannot_be_delivered_is_told_of_and_goes_out_with_the_next_run(
        self, schedules: Schedules, courier: Stack, ports: tuple[int, int], slack: Workspace
    ) -> None:
        slack.error = "invalid_auth"
        number = schedules.make_alert(
            "Careful", "SELECT 1", recipients=[MAIL, SLACK], report_format="TEXT", grace_period=3600
        )
        assert schedules.run(number)["state"] == "Error"
        (told,) = problems(courier)
        assert told.startswith("Alert 'Careful' was not delivered, a moment ago: The mail server at 127.0.0.1:")
        assert "Connection refused" in told
        assert "Slack did not take the message (invalid_auth); correct GROUNDUP_SLACK_TOKEN" in told
        assert "Traceback" not in told

        # The mail server is back and Slack is not: the mail goes out now and is not repeated with what Slack missed.
        with mailbox(ports[0]) as box:
            assert schedules.run(number)["state"] == "Error"
            assert "mail server" not in problems(courier)[0]
            slack.error = ""
            assert schedules.run(number)["state"] == "Success"
            assert problems(courier) == []
            assert [letter["Subject"] for letter in box.letters] == ["Careful: Daily report"]
            assert len(slack.posts) == 1
        schedules.remove(number)

    def test_that_has_failed_is_told_to_nobody_s_address(self, schedules: Schedules, box: Mailbox) -> None:
        """Superset mails the owners, and our accounts have no address."""
        number = schedules.make_alert("Broken", "SELECT nothing FROM nowhere")
        assert schedules.run(number)["state"] == "Error"
        wait_until(lambda: len(schedules.log(number)) >= 3)
        schedules.remove(number)
        assert box.letters == []
