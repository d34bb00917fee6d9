"""Telling people that a task has failed for good: Slack's webhook, or one that takes the same JSON, and mail."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

_SECONDS = 15


def message_of(context: Mapping[str, Any]) -> str:
    """What, when, why, and where to read more."""
    task = context["ti"]
    run = context["dag_run"]
    said = str(context.get("exception") or "").strip().splitlines()
    reason = said[-1].removeprefix("groundup: ") if said else "no reason was given"
    return (
        f"{task.dag_id}: the task {task.task_id} of the run {run.run_id} has failed: {reason}\n"
        f"Log: {getattr(task, 'log_url', '') or 'groundup logs airflow-scheduler'}"
    )


def tell(context: Mapping[str, Any]) -> None:
    """What Airflow calls when a task has failed for good. One way that fails does not keep the other from being tried.

    Raises OSError or smtplib.SMTPException, which Airflow writes into the task's log.
    """
    text = message_of(context)
    ways: list[Callable[[], None]] = []
    if url := _setting("ALERT_WEBHOOK"):
        ways.append(lambda: post(url, text))
    if addresses := _setting("ALERT_MAIL_TO"):
        ways.append(lambda: mail(addresses, text))
    failed: list[Exception] = []
    for way in ways:
        try:
            way()
        except (OSError, smtplib.SMTPException) as error:
            failed.append(error)
    if failed:
        raise failed[0]


def post(url: str, text: str) -> None:
    """Sends the text to a webhook as Slack's do take it. Raises OSError."""
    if not url.startswith(("http://", "https://")):
        raise OSError(f"GROUNDUP_ALERT_WEBHOOK is {url!r}, which is no address of the web; correct it in .env.")
    request = urllib.request.Request(  # noqa: S310 - checked above
        url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
        return


def mail(addresses: str, text: str) -> None:
    """Sends the text to the addresses, which commas separate. Raises OSError and smtplib.SMTPException."""
    letter = EmailMessage()
    letter["Subject"] = text.splitlines()[0]
    letter["From"] = _setting("SMTP_FROM")
    letter["To"] = addresses
    letter.set_content(text)
    host, port, protection = _setting("SMTP_HOST"), int(_setting("SMTP_PORT")), _setting("SMTP_TLS")
    # Python checks no certificate unless it is given a context.
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        if protection == "tls"
        else smtplib.SMTP(host, port, timeout=_SECONDS)
    )
    with connection as server:
        if protection == "starttls":
            server.starttls(context=context)
        if user := _setting("SMTP_USER"):
            server.login(user, _setting("SMTP_PASSWORD"))
        server.send_message(letter)


def _setting(name: str) -> str:
    return os.environ.get(f"GROUNDUP_{name}", "")
