"""What is done to Superset's application when it has been made, before it serves."""

from __future__ import annotations

from typing import Any

from superset_config.accounts import REPORTER
from superset_config.asked import listen
from superset_config.bigquery import ask_through_the_reader
from superset_config.dates import build_the_parser
from superset_config.environment import setting
from superset_config.executions import begin_anew_what_is_cut_off
from superset_config.filters import keep_values, offer_something
from superset_config.messages import name_day_and_send_once, use_slack_at
from superset_config.pictures import use_installed_chromium, wait_for_charts
from superset_config.security import limit_guesses
from superset_config.sessions import guard_sessions
from superset_config.sign_in import configured_provider
from superset_config.stopping import mark_before_stopping
from superset_config.store_state import follow


def FLASK_APP_MUTATOR(app: Any) -> None:  # noqa: N802 - Superset's name for it
    """Superset calls it with the application, when its models can be imported."""
    from flask import Blueprint  # noqa: PLC0415 - there is none before, nor the rest
    from superset.extensions import appbuilder  # noqa: PLC0415
    from superset.tasks.types import FixedExecutor  # noqa: PLC0415

    from superset_config.assets_api import AppliedAssetsRestApi  # noqa: PLC0415
    from superset_config.sign_in_pages import offer  # noqa: PLC0415

    guard_sessions(app)
    limit_guesses(app)
    keep_values()
    offer_something()
    mark_before_stopping()
    build_the_parser()
    follow(app)
    listen(app)
    appbuilder.add_api(AppliedAssetsRestApi)
    app.register_blueprint(Blueprint("groundup", __name__, template_folder="templates"))
    # Whoever set it up, a report shows what every employee may see: its readers may be anybody.
    app.config["ALERT_REPORTS_EXECUTORS"] = [FixedExecutor(REPORTER.username)]
    use_installed_chromium()
    wait_for_charts()
    name_day_and_send_once()
    begin_anew_what_is_cut_off()
    ask_through_the_reader()
    use_slack_at(setting("GROUNDUP_SLACK_URL"))
    provider = configured_provider()
    if provider:
        offer(app, provider)
