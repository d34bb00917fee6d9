from __future__ import annotations

import datetime as dt
import smtplib
from dataclasses import dataclass, field
from typing import Any

import pytest

from superset_config.executions import ATTEMPT, Attempt
from superset_config.messages import (
    OnceOnly,
    complaint,
    content_with_day,
    newest_day,
    real_addresses,
    subject_with_day,
)

DAY = "Wednesday 25 November 2026"


@dataclass
class Content:
    """As much of Superset's as is asked for."""

    name: str = "Daily report"
    description: str | None = None
    text: str | None = None
    header_data: dict[str, Any] = field(default_factory=lambda: {"notification_type": "Report", "execution_id": "1"})


def test_the_day_is_that_of_the_pages() -> None:
    assert newest_day(lambda _: [(dt.date(2026, 11, 25), 0)]) == DAY
    assert newest_day(lambda _: [(dt.date(2026, 11, 25), 1)]) == f"{DAY} (partial)"
    assert newest_day(lambda _: []) == ""


@pytest.mark.parametrize(
    ("subject", "day", "is_report", "expected"),
    [
        ("Report of {day}", DAY, True, f"Report of {DAY}"),
        ("DAU on {day}", DAY, False, f"DAU on {DAY}"),
        ("Daily report", DAY, True, f"Daily report, {DAY}"),
        ("Data are late", DAY, False, "Data are late"),
        ("Report of {day}", "", True, "Report of no data yet"),
        ("Daily report", "", True, "Daily report"),
    ],
)
def test_a_subject_names_the_day(subject: str, day: str, is_report: bool, expected: str) -> None:
    assert subject_with_day(subject, day, is_report=is_report) == expected


def test_a_description_may_name_it_and_an_error_does_not() -> None:
    assert content_with_day(Content(description="Up to {day}."), DAY).description == f"Up to {DAY}."
    assert content_with_day(Content(text="It failed."), DAY).name == "Daily report"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("ann@example.com; bob@example.com", "ann@example.com; bob@example.com"),
        ("admin@groundup.localhost", "data-team@example.com"),
        ("ann@example.com, admin@groundup.localhost", "ann@example.com"),
    ],
)
def test_accounts_without_an_address_get_nothing(target: str, expected: str) -> None:
    assert real_addresses(target, "data-team@example.com") == expected


def test_nobody_is_left_when_nobody_is_named() -> None:
    assert real_addresses("admin@groundup.localhost", "") == ""


def test_a_failure_says_where_and_what_to_do() -> None:
    refused = smtplib.SMTPAuthenticationError(535, b"no")
    assert complaint("Email", refused).startswith(
        "The mail server at 127.0.0.1:25 did not take the mail ((535, b'no'))"
    )

    class SlackError(Exception):
        def __init__(self) -> None:
            self.response = {"ok": False, "error": "invalid_auth"}

    outer = RuntimeError("The request failed.\nThe server responded.")
    assert "(The request failed. The server responded)" in complaint("SlackV2", outer)
    outer.__cause__ = SlackError()
    assert "(invalid_auth)" in complaint("SlackV2", outer)


class Marks(dict[str, int]):
    """As much of Redis as is asked for."""

    def exists(self, *names: str) -> int:
        return sum(name in self for name in names)

    def set(self, name: str, value: int, ex: int) -> None:
        self[name] = ex


class Message:
    sent = 0
    fails = False

    def send(self) -> None:
        if self.fails:
            raise OSError("refused")
        self.sent += 1


def sent(message: Message, marks: Marks, execution: str, target: str = "ann@example.com") -> int:
    """How often a message has gone out after one more execution."""
    content = Content(header_data={"execution_id": execution})
    OnceOnly(message, content, "Email", target, marks).send()
    return message.sent


def test_an_execution_that_is_begun_anew_sends_nothing_twice() -> None:
    message, marks = Message(), Marks()
    assert [sent(message, marks, "1"), sent(message, marks, "1"), sent(message, marks, "2")] == [1, 1, 2]
    assert sent(message, marks, "2", "bob@example.com") == 3


def test_what_was_not_sent_is_not_marked() -> None:
    message, marks = Message(), Marks()
    message.fails = True
    with pytest.raises(OSError, match="refused"):
        sent(message, marks, "1")
    message.fails = False
    assert sent(message, marks, "1") == 1


def test_an_alert_that_is_tried_again_leaves_out_whom_it_reached() -> None:
    message, marks = Message(), Marks()
    token = ATTEMPT.set(Attempt(7, 3600, is_repeated=False))
    assert [sent(message, marks, "1"), sent(message, marks, "2")] == [1, 2]
    ATTEMPT.set(Attempt(7, 3600, is_repeated=True))
    assert sent(message, marks, "3") == 2
    assert sent(message, marks, "3", "bob@example.com") == 3
    ATTEMPT.set(Attempt(8, 3600, is_repeated=True))
    assert sent(message, marks, "4") == 4
    ATTEMPT.reset(token)
    assert 3600 in marks.values()
