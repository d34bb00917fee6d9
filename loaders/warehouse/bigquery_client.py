"""The way to BigQuery: credentials, project, location, endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import google.auth
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.oauth2 import service_account

from loaders.errors import WarehouseError
from loaders.warehouse.bigquery_errors import explained
from settings.environment import Environment

if TYPE_CHECKING:
    from google.cloud.bigquery_storage import BigQueryReadClient

_SCOPES = ("https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/devstorage.read_only")


def connect(environment: Environment) -> bigquery.Client:
    """A client with the settings' credentials, project and location; nothing has been sent yet.

    Credentials are the service account's key where one is set, none at an emulator's endpoint, else application-default
    ones. Raises WarehouseError when there are none, or no project.
    """
    credentials, default_project = _credentials(environment)
    project = environment.bigquery_project or default_project
    if not project:
        raise WarehouseError("No project pays for the queries yet; set GROUNDUP_BIGQUERY_PROJECT.")
    options = {"api_endpoint": environment.bigquery_endpoint} if environment.bigquery_endpoint else None
    return bigquery.Client(
        project=project, credentials=credentials, location=environment.bigquery_location, client_options=options
    )


def storage_client(environment: Environment) -> BigQueryReadClient | None:
    """The client of the Storage API, through which results come as Arrow; None at an endpoint, which has none.

    Raises WarehouseError when there are no credentials.
    """
    if environment.bigquery_endpoint:
        return None
    # Takes half a second to read in.
    from google.cloud.bigquery_storage import BigQueryReadClient  # noqa: PLC0415

    return BigQueryReadClient(credentials=_credentials(environment)[0])


def _credentials(environment: Environment) -> tuple[Credentials, str | None]:
    path = environment.bigquery_credentials_file
    if path is not None:
        try:
            found = service_account.Credentials.from_service_account_file(str(path), scopes=_SCOPES)
        except (OSError, ValueError) as error:
            raise WarehouseError(
                f"GROUNDUP_BIGQUERY_CREDENTIALS_FILE: {path} is no service account's key ({error}); correct the path."
            ) from error
        return found, found.project_id
    if environment.bigquery_endpoint:
        return AnonymousCredentials(), None
    try:
        return google.auth.default(scopes=_SCOPES)
    except GoogleAuthError as error:
        raise explained(error, "Signing in") from error
