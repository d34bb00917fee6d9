"""Two requests of our own, for `groundup assets`: what is live and was applied, and apply it whole or not at all.

Superset's own import of assets drops marks that come from charts, keeps what a file leaves out, stops linking charts at
the first that it does not know, takes over an asset of the same name that somebody made by hand, deletes nothing, and
cannot see whether somebody changed an asset since. Here all of it is one transaction, checked before it is committed.
"""

from __future__ import annotations

from flask import Response, request
from flask_appbuilder.api import expose, protect
from superset import security_manager
from superset.views.base_api import BaseSupersetApi

from superset_config.assets_apply import apply_assets
from superset_config.assets_live import read_state
from superset_config.errors import RefusedError, StaleError


class AppliedAssetsRestApi(BaseSupersetApi):
    """`/api/v1/groundup_assets/`, for the administrator.

    It overwrites whatever anybody owns; Superset lets the data team import assets, and asks there who owns them.
    """

    resource_name = "groundup_assets"
    allow_browser_login = False
    class_permission_name = "ImportExportRestApi"
    method_permission_name = {"state": "import_", "apply": "import_"}  # noqa: RUF012 - Flask-AppBuilder's way
    openapi_spec_tag = "Import/export"

    @expose("/", methods=("GET",))
    @protect()
    def state(self) -> Response:
        """Superset's version, every asset as it is stored, and what was last applied."""
        if not security_manager.is_admin():
            return self.response_403()
        return self.response(200, result=read_state())

    @expose("/", methods=("POST",))
    @protect()
    def apply(self) -> Response:
        """Write, delete and remember in one transaction: 409 when an asset has changed meanwhile, 422 when refused."""
        if not security_manager.is_admin():
            return self.response_403()
        try:
            apply_assets(request.json)
        except StaleError as error:
            return self.response(409, message=str(error))
        except RefusedError as error:
            return self.response_422(message=str(error))
        return self.response(200, message="OK")
