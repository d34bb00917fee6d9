"""What BigQuery's refusals mean: one sentence of what, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import google.auth.exceptions
import requests
from google.api_core import exceptions

from loaders.errors import BudgetError, WarehouseError

_QUOTAS = {"quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded", "dailyLimitExceeded"}
_INTERNAL = {"backendError", "internalError", "jobBackendError", "jobInternalError", "badGateway"}


@contextmanager
def refusals(what: str, query: Path | None = None) -> Iterator[None]:
    """Whatever BigQuery, the way to it or the credentials refuse inside is raised as WarehouseError.

    `query` is the file that holds the statement, if one does.
    """
    try:
        yield
    except (exceptions.GoogleAPIError, google.auth.exceptions.GoogleAuthError, requests.RequestException) as error:
        raise explained(error, what, query) from error


def reason_of(error: BaseException) -> str:
    """BigQuery's own word for the error, such as `accessDenied`; empty when it gave none."""
    errors = getattr(error, "errors", None) or [{}]
    return str(errors[0].get("reason", "")) if isinstance(errors[0], dict) else ""


def explained(error: Exception, what: str, query: Path | None = None) -> WarehouseError:
    """The error as the user reads it; `what` was being done."""
    if isinstance(error, exceptions.RetryError) and isinstance(error.cause, Exception):
        error = error.cause
    if isinstance(error, google.auth.exceptions.GoogleAuthError):
        return WarehouseError(
            f"Google does not accept the credentials ({_first_line(error)}); set GROUNDUP_BIGQUERY_CREDENTIALS_FILE to "
            "a service account's key, or sign in by `gcloud auth application-default login`."
        )
    if not isinstance(error, exceptions.GoogleAPICallError):
        return WarehouseError(
            f"{what}: BigQuery does not answer ({_first_line(error)}); check the network, then run the same command "
            "again, which goes on from there."
        )
    return _refused(error, reason_of(error), what, query)


def _refused(error: exceptions.GoogleAPICallError, reason: str, what: str, query: Path | None) -> WarehouseError:
    # A failed job's message is followed by what is in its fields anyway.
    said = (error.message or str(error)).strip().splitlines()[0].split("; reason: ")[0].rstrip(".")
    if reason == "bytesBilledLimitExceeded":
        return BudgetError(
            f"{what} would be billed more than it was allowed to, so BigQuery did not run it ({said}); load fewer days "
            "at once by --from and --to, or raise GROUNDUP_BIGQUERY_MAX_BYTES or GROUNDUP_MONTHLY_BUDGET_USD."
        )
    if reason in _QUOTAS or isinstance(error, exceptions.TooManyRequests):
        advice = "wait until the quota is renewed (daily ones at midnight Pacific Time) or have it raised, then load"
    elif reason == "stopped":
        advice = "somebody cancelled the job; run `groundup load`, which goes on from there"
    elif "in location" in said.lower() and isinstance(error, exceptions.NotFound | exceptions.BadRequest):
        advice = "set GROUNDUP_BIGQUERY_LOCATION to where the export's dataset lies; ours must lie there, too"
    elif isinstance(error, exceptions.Forbidden | exceptions.Unauthorized):
        advice = (
            "grant the account BigQuery Job User on the project, BigQuery Data Editor on our dataset and BigQuery Data "
            "Viewer on the export's"
        )
    elif isinstance(error, exceptions.NotFound):
        advice = "correct GROUNDUP_BIGQUERY_PROJECT, GROUNDUP_BIGQUERY_DATASET, or the source's dataset in sources.yaml"
    elif reason in _INTERNAL or isinstance(error, exceptions.ServerError):
        advice = "the fault is on Google's side; run the same command again, which goes on from there"
    elif reason in {"invalidQuery", "invalid"}:
        advice = f"correct {query or 'the query'}"
    else:
        advice = "put that right, then run the same command again"
    return WarehouseError(f"{what}: BigQuery refuses ({said}); {advice}.")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
