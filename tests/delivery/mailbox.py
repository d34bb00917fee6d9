"""A mail server of this machine, which keeps what it is sent."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Mailbox:
    """What arrived, the oldest first."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        letter["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.letters.append(letter)
        return "250 fine"

    def picture(self, position: int = -1) -> bytes:
        """The picture in a letter."""
        (part,) = [part for part in self.letters[position].walk() if part.get_content_type() == "image/png"]
        content = part.get_content()
        assert isinstance(content, bytes)
        return content


@contextmanager
def mailbox(port: int, login: tuple[str, str] | None = None, host: str = "127.0.0.1") -> Iterator[Mailbox]:
    """A server on this port; with a login, only whoever gives it is let in."""
    box = Mailbox(port)

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=(given.login.decode(), given.password.decode()) == login)

    more = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if login else {}
    controller = Controller(box, hostname=host, port=port, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
