"""How alerts and reports reach people: the mail server, Slack, the pictures, the links."""

from __future__ import annotations

from typing import Any

from settings.addresses import reachable
from superset_config.environment import setting

ALERT_REPORTS_NOTIFICATION_DRY_RUN = False

SMTP_HOST = setting("GROUNDUP_SMTP_HOST")
SMTP_PORT = int(setting("GROUNDUP_SMTP_PORT"))
SMTP_USER = setting("GROUNDUP_SMTP_USER")
SMTP_PASSWORD = setting("GROUNDUP_SMTP_PASSWORD")
SMTP_MAIL_FROM = setting("GROUNDUP_SMTP_FROM")
SMTP_STARTTLS = setting("GROUNDUP_SMTP_TLS") == "starttls"
SMTP_SSL = setting("GROUNDUP_SMTP_TLS") == "tls"
# Superset would speak to any server that says it is this one.
SMTP_SSL_SERVER_AUTH = True

EMAIL_REPORTS_SUBJECT_PREFIX = ""
EMAIL_REPORTS_CTA = "Open in Superset"

SLACK_API_TOKEN = setting("GROUNDUP_SLACK_TOKEN") or None

WEBDRIVER_BASEURL = f"http://{reachable(setting('GROUNDUP_SUPERSET_HOST'))}:{setting('GROUNDUP_SUPERSET_PORT')}/"
WEBDRIVER_BASEURL_USER_FRIENDLY = setting("GROUNDUP_SUPERSET_PUBLIC_URL") or WEBDRIVER_BASEURL

WEBDRIVER_TYPE = "chrome"
# Without a display, and without a word to anybody outside.
WEBDRIVER_OPTION_ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WEBDRIVER_WINDOW = {"dashboard": (1440, 900), "slice": (1000, 600), "pixel_density": 1}
# `superset_config.pictures` waits until the charts are drawn; Superset's own fixed pauses add nothing.
SCREENSHOT_SELENIUM_HEADSTART = 0
SCREENSHOT_SELENIUM_ANIMATION_WAIT = 0
# A first start of the browser on a busy machine takes its time.
SCREENSHOT_PLAYWRIGHT_DEFAULT_TIMEOUT = 60_000
# A page of one piece: a dashboard that is put together from tiles has seams.
SCREENSHOT_TILED_ENABLED = False


def WEBDRIVER_AUTH_FUNC(window: Any, user: Any) -> Any:  # noqa: N802 - Superset's name for it
    """Give the browser's window the session of the user; the window.

    Superset's own way opens the sign-in page first, which reports a second later what it measured. On a busy machine
    the answer to that comes after the user's cookie and puts one of nobody in its place.
    """
    from superset.extensions import machine_auth_provider_factory  # noqa: PLC0415 - there is none before the start

    cookies = machine_auth_provider_factory.instance.get_cookies(user)
    window.add_cookies([{"name": name, "value": value, "url": WEBDRIVER_BASEURL} for name, value in cookies.items()])
    return window


def EMAIL_HEADER_MUTATOR(message: Any, **_: Any) -> Any:  # noqa: N802 - Superset's name for it
    """Superset puts a blank between the prefix, of which there is none, and the subject."""
    message.replace_header("Subject", str(message["Subject"]).strip())
    return message
