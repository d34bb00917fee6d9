"""What alerts and reports say, and to whom: the day of the data, the right address, each message once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from superset_config.accounts import NOWHERE
from superset_config.background import redis_client
from superset_config.environment import setting
from superset_config.executions import ATTEMPT
from superset_config.store import ask_store
from superset_config.wrapping import wrap

# What a schedule's subject and description may hold.
DAY = "{day}"
# For the newest loaded day, whether a source has yet to deliver.
_QUERY = (
    "SELECT date, MAX(modified_at IS NULL) FROM days "
    "WHERE date = (SELECT MAX(date) FROM days WHERE modified_at IS NOT NULL) GROUP BY date"
)
# Longer than an order lives that was cut off after its message had gone out.
_REMEMBERED_SECONDS = 3 * 86_400

_log = logging.getLogger(__name__)


def newest_day(ask: Callable[[str], Sequence[tuple[Any, ...]]] = ask_store) -> str:
    """The day that the pages show, in words; empty as long as there is none or nobody knows."""
    for day, is_partial in ask(_QUERY):
        return f"{day:%A} {day.day} {day:%B %Y}{' (partial)' if is_partial else ''}"
    return ""


def subject_with_day(subject: str, day: str, *, is_report: bool) -> str:
    """The subject with its `{day}`; a report that does not say where the day belongs has it at the end."""
    if DAY in subject:
        return subject.replace(DAY, day or "no data yet")
    return f"{subject}, {day}" if is_report and day else subject


def content_with_day(content: Any, day: str) -> Any:
    """The content of a message that names the day of the data, not that of its sending."""
    is_report = (content.header_data or {}).get("notification_type") == "Report" and not content.text
    return replace(
        content,
        name=subject_with_day(content.name, day, is_report=is_report),
        description=(content.description or "").replace(DAY, day or "no data yet"),
    )


def real_addresses(target: str, instead: str) -> str:
    """The addresses without those of accounts that have none, which are everybody's `instead`; perhaps nobody's."""
    addresses = [address.strip() for address in target.replace(";", ",").split(",")]
    real = [address for address in addresses if address and not address.endswith(f"@{NOWHERE}")]
    return target if len(real) == len(addresses) else ", ".join(real) or instead


def complaint(kind: str, error: BaseException) -> str:
    """Why a message could not be sent, where, and what to do, in one sentence."""
    reason = " ".join(str(error).split()).removesuffix(".")
    if kind == "Email":
        place = f"{setting('GROUNDUP_SMTP_HOST')}:{setting('GROUNDUP_SMTP_PORT')}"
        return (
            f"The mail server at {place} did not take the mail ({reason}); "
            "correct GROUNDUP_SMTP_HOST and the rest in .env."
        )
    refusal = getattr(error.__cause__, "response", None)
    if refusal is not None:
        reason = str(refusal.get("error"))
    return f"Slack did not take the message ({reason}); correct GROUNDUP_SLACK_TOKEN in .env, or the channel."


class OnceOnly:
    """A message that nobody gets twice.

    Of an order that was cut off and is begun anew, what had gone out is left out; and of an alert that is tried again,
    whom it reached within its grace period. `marks` is Redis.
    """

    def __init__(self, message: Any, content: Any, kind: str, target: str, marks: Any) -> None:
        self._message = message
        self._kind = kind
        self._marks = marks
        attempt = ATTEMPT.get()
        digest = hashlib.sha256(json.dumps([kind, target, bool(content.text)]).encode()).hexdigest()
        execution = (content.header_data or {}).get("execution_id")
        self._sent = {f"groundup:sent:{execution}:{digest}": _REMEMBERED_SECONDS}
        self._asked = list(self._sent)
        if attempt and attempt.grace and not content.text:
            mark = f"groundup:reached:{attempt.schedule}:{digest}"
            self._sent[mark] = attempt.grace
            if attempt.is_repeated:
                self._asked.append(mark)

    def send(self) -> None:
        """Send it unless it was. Raises Superset's own exceptions, which decide what it does then."""
        if self._marks.exists(*self._asked):
            _log.warning("A message that had gone out before is not sent twice.")
            return
        try:
            self._message.send()
        except Exception as error:
            if hasattr(error, "message"):
                error.message = complaint(self._kind, error)
            raise
        for mark, seconds in self._sent.items():
            self._marks.set(mark, 1, ex=seconds)


class Unaddressed:
    """A message that nobody could receive."""

    def send(self) -> None:
        """Say so in the log."""
        _log.warning("Nobody is told: the owners have no address, and GROUNDUP_ALERT_MAIL_TO is empty.")


def name_day_and_send_once() -> None:
    """Lets every message of Superset's alerts and reports pass through here."""
    from superset.commands.report import execute  # noqa: PLC0415 - not before the application is there
    from superset.reports.models import ReportRecipients, ReportRecipientType  # noqa: PLC0415

    marks = redis_client()

    def create(original: Callable[..., Any], recipient: Any, content: Any) -> Any:
        config = json.loads(recipient.recipient_config_json)
        target = str(config.get("target") or "")
        if recipient.type == ReportRecipientType.EMAIL:
            target = real_addresses(target, setting("GROUNDUP_ALERT_MAIL_TO"))
            if not target:
                return Unaddressed()
            config = {**config, "target": target}
        # A copy, since the recipient itself is stored with its schedule.
        addressed = ReportRecipients(type=recipient.type, recipient_config_json=json.dumps(config))
        message = original(addressed, content_with_day(content, newest_day()))
        kind = str(getattr(recipient.type, "value", recipient.type))
        return OnceOnly(message, content, kind, target, marks)

    wrap(execute, "create_notification", create)


def use_slack_at(address: str) -> None:
    """Let Superset speak to another address than Slack's own."""
    if not address:
        return
    from functools import partial  # noqa: PLC0415

    from superset.utils import slack  # noqa: PLC0415

    slack.WebClient = partial(slack.WebClient, base_url=f"{address.rstrip('/')}/")
