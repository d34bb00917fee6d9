"""Where people arrive after signing in: at the morning report, not at Superset's own welcome page."""

from __future__ import annotations

from flask import redirect
from flask_appbuilder import expose
from superset.initialization import SupersetIndexView
from superset.superset_typing import FlaskResponse

MORNING_REPORT = "/superset/dashboard/daily-report/"


class HomeView(SupersetIndexView):
    """The page at `/`."""

    @expose("/")
    def index(self) -> FlaskResponse:
        """Leads to the morning report; who is not signed in is asked to first, by the dashboard."""
        return redirect(MORNING_REPORT)
