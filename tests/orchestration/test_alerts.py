"""Who is told of a task that has failed for good, over servers of this machine."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestration.alerts import message_of, post, tell


@dataclass
class Task:
    dag_id: str = "daily"
    task_id: str = "events"
    log_url: str = "http://127.0.0.1:8080/dags/daily/log"


@dataclass
class Run:
    run_id: str = "scheduled__2026-11-25"


CONTEXT = {"ti": Task(), "dag_run": Run(), "exception": RuntimeError("said before\ngroundup: It is full; make room.")}
MESSAGE = (
    "daily: the task events of the run scheduled__2026-11-25 has failed: It is full; make room.\n"
    "Log: http://127.0.0.1:8080/dags/daily/log"
)


@dataclass
class Inbox:
    address: tuple[str, int] = ("", 0)
    got: list[Any] = field(default_factory=list)


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def webhook() -> Iterator[Inbox]:
    inbox = Inbox()

    class Slack(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(200 if self.path == "/hook" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Slack)
    inbox.address = ("127.0.0.1", server.server_port)
    with serving(server):
        yield inbox


@pytest.fixture
def mailbox() -> Iterator[Inbox]:
    inbox = Inbox()

    class Smtp(socketserver.StreamRequestHandler):
        """As much of RFC 5321 as a letter needs."""

        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                    inbox.got.append(letter.decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.TCPServer(("127.0.0.1", 0), Smtp)
    inbox.address = ("127.0.0.1", server.server_address[1])
    with serving(server):
        yield inbox


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALERT_WEBHOOK", "ALERT_MAIL_TO"):
        monkeypatch.delenv(f"GROUNDUP_{name}", raising=False)


def test_a_message_says_what_failed_and_why_and_where_to_read_more() -> None:
    assert message_of(CONTEXT) == MESSAGE


def test_a_task_that_was_killed_has_no_reason_and_is_told_of_all_the_same() -> None:
    assert "has failed: no reason was given\n" in message_of({**CONTEXT, "exception": None})


def test_a_webhook_gets_slacks_json(webhook: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_ALERT_WEBHOOK", "http://{}:{}/hook".format(*webhook.address))
    tell(CONTEXT)
    assert webhook.got == [("/hook", "application/json", {"text": MESSAGE})]


def test_a_mail_goes_to_every_address(mailbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ALERT_MAIL_TO": "ann@example.com, bob@example.com",
        "SMTP_FROM": "groundup@example.com",
        "SMTP_HOST": mailbox.address[0],
        "SMTP_PORT": str(mailbox.address[1]),
    }.items():
        monkeypatch.setenv(f"GROUNDUP_{name}", value)
    tell(CONTEXT)
    (letter,) = mailbox.got
    assert "From: groundup@example.com" in letter
    assert "To: ann@example.com, bob@example.com" in letter
    assert "Log: http://127.0.0.1:8080/dags/daily/log" in letter


def test_a_webhook_that_refuses_keeps_no_mail_back_and_is_named(
    webhook: Inbox, mailbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "ALERT_WEBHOOK": "http://{}:{}/gone".format(*webhook.address),
        "ALERT_MAIL_TO": "ann@example.com",
        "SMTP_FROM": "groundup@example.com",
        "SMTP_HOST": mailbox.address[0],
        "SMTP_PORT": str(mailbox.address[1]),
    }.items():
        monkeypatch.setenv(f"GROUNDUP_{name}", value)
    with pytest.raises(OSError, match="404"):
        tell(CONTEXT)
    assert len(mailbox.got) == 1


def test_nobody_to_tell_is_no_error() -> None:
    tell(CONTEXT)


def test_only_the_web_is_posted_to() -> None:
    with pytest.raises(OSError, match="GROUNDUP_ALERT_WEBHOOK is 'file:///etc/passwd'"):
        post("file:///etc/passwd", "text")
