"""Where people arrive after signing in: every page that they may see, what it answers, and how fresh it is."""

from __future__ import annotations

import datetime as dt

from flask import redirect, render_template
from flask_appbuilder import expose
from flask_login import current_user
from superset.initialization import SupersetIndexView
from superset.superset_typing import FlaskResponse

from superset_config.look import APP_ICON, APP_NAME, FAVICONS


class HomeView(SupersetIndexView):
    """The page at `/`; plain HTML, there at once."""

    @expose("/")
    def index(self) -> FlaskResponse:
        """The pages that the visitor may see; who is not signed in is asked to first."""
        # This module is read before Superset's models can be.
        from superset import appbuilder, security_manager  # noqa: PLC0415

        from superset_config.pages import LAST, visible_pages  # noqa: PLC0415

        if current_user.is_anonymous:
            return redirect(appbuilder.get_url_for_login)
        pages = visible_pages()
        return render_template(
            "groundup/home.html",
            company=APP_NAME,
            logo=APP_ICON,
            favicon=FAVICONS[0],
            user=current_user,
            is_admin=security_manager.is_admin(),
            certified=[page for page in pages if page.is_certified],
            others=[page for page in pages if not page.is_certified],
            today=dt.datetime.now(dt.UTC).date(),
            health=next((page.address for page in pages if page.address.endswith(f"/{LAST}/")), None),
        )
