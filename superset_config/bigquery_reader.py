"""The only way from Superset to BigQuery: it reads, within what a query and a day may cost, in somebody's name.

It takes the place of Google's client in the connections that SQLAlchemy opens. What a query is sent with is decided
here alone: nothing of an address, of a database's parameters or of a caller gets through but the statement and the
parameters in it.
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import google.auth
import redis
import requests
from google.api_core.exceptions import ClientError, Conflict, GoogleAPICallError, GoogleAPIError, NotFound, RetryError
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.oauth2 import service_account

from loaders.bigquery_prices import bytes_to_bill, readable, usd
from superset_config.bigquery_rules import SECONDS, Estimate, advice, day_is_spent, objection
from superset_config.environment import setting
from superset_config.errors import QueryError, QueryFailedError, QueryRefusedError

_SCOPES = ("https://www.googleapis.com/auth/bigquery",)
# What fails for a moment is tried again for so long, in seconds.
_RETRY = DEFAULT_RETRY.with_timeout(10)
# Day → dollars. It never expires, since Redis gives up what would when its memory is full.
SPENT = "groundup:bigquery:usd"


@dataclass(frozen=True)
class Limits:
    """What one query may be billed, in bytes, and what those of a day may cost, in dollars."""

    query_bytes: int
    day_usd: float


def limits() -> Limits:
    """Those of the settings."""
    return Limits(
        int(setting("GROUNDUP_SQLLAB_BIGQUERY_MAX_BYTES")), float(setting("GROUNDUP_SQLLAB_BIGQUERY_DAILY_USD"))
    )


class Day:
    """The dollars of today (UTC), counted in Redis for all processes."""

    def __init__(self, client: Any, limit: float, today: Callable[[], dt.date] | None = None) -> None:
        self._client = client
        self._limit = limit
        self._today = today or (lambda: dt.datetime.now(dt.UTC).date())

    def take(self, estimate: Estimate) -> str:
        """Counts a query before it runs; returns its day. Raises QueryRefusedError when it is too much."""
        day = str(self._today())
        total = self._add(day, estimate.usd)
        if estimate.usd and total > self._limit:
            spent = self._add(day, -estimate.usd)
            raise QueryRefusedError(day_is_spent(estimate, max(spent, 0.0), self._limit))
        return day

    def correct(self, day: str, estimate: Estimate, billed: int) -> None:
        """Counts what it was really billed instead."""
        self._add(day, usd(billed) - estimate.usd)

    def _add(self, day: str, dollars: float) -> float:
        try:
            total = float(self._client.hincrbyfloat(SPENT, day, dollars))
            # Queries of yesterday may still end.
            held = sorted(each.decode() if isinstance(each, bytes) else str(each) for each in self._client.hkeys(SPENT))
            if held[:-2]:
                self._client.hdel(SPENT, *held[:-2])
        except (OSError, redis.RedisError) as error:
            raise QueryFailedError(
                "What today's queries have cost is not known, since Redis does not answer; ask again in a minute."
            ) from error
        return total


class Reader:
    """As much of `google.cloud.bigquery.Client` as reading takes."""

    def __init__(self, labels: Mapping[str, str], limits: Limits, day: Day) -> None:
        self.labels = labels
        self.limits = limits
        self._day = day
        self._next_job = ""

    @property
    def project(self) -> str:
        """The project that pays, whatever an address says."""
        return setting("GROUNDUP_SQLLAB_BIGQUERY_PROJECT")

    @cached_property
    def _client(self) -> bigquery.Client:
        endpoint = setting("GROUNDUP_BIGQUERY_ENDPOINT")
        return bigquery.Client(
            project=self.project,
            credentials=AnonymousCredentials() if endpoint and not _key_file() else _credentials(_key_file()),
            location=setting("GROUNDUP_BIGQUERY_LOCATION"),
            client_options={"api_endpoint": endpoint} if endpoint else None,
        )

    def estimate(self, sql: str, parameters: Sequence[Any] = ()) -> Estimate:
        """What a statement is and would cost, by a dry run, which is free. Raises QueryFailedError."""
        config = bigquery.QueryJobConfig(dry_run=True, labels=dict(self.labels), query_parameters=list(parameters))
        with _explained():
            job = self._client.query(sql, job_config=config, retry=_RETRY, timeout=SECONDS)
        billed = bytes_to_bill(int(job.total_bytes_processed or 0), len(job.referenced_tables))
        return Estimate(str(job.statement_type or ""), billed)

    def name_next_job(self) -> str:
        """The name of the next statement's job, by which another process can stop it."""
        self._next_job = f"groundup_{uuid.uuid4().hex}"
        return self._next_job

    def stop(self, job_id: str) -> bool:
        """Stops a job; what it read so far is billed. False where it has not begun. Raises QueryFailedError."""
        with _explained():
            try:
                self._client.cancel_job(job_id, retry=_RETRY, timeout=SECONDS)
            except NotFound:
                return False
        return True

    def query_and_wait(
        self, sql: str, *, job_config: Any = None, page_size: int | None = None, **_: Any
    ) -> bigquery.table.RowIterator:
        """The rows of one SELECT. Raises QueryRefusedError before anything is spent, QueryFailedError."""
        parameters = list(job_config.query_parameters) if job_config is not None else []
        estimate = self.estimate(sql, parameters)
        said = objection(estimate, self.limits.query_bytes)
        if said:
            raise QueryRefusedError(said)
        day = self._day.take(estimate)
        config = bigquery.QueryJobConfig(
            maximum_bytes_billed=self.limits.query_bytes,
            labels=dict(self.labels),
            query_parameters=parameters,
            job_timeout_ms=SECONDS * 1000,
        )
        job = None
        try:
            with _explained(estimate, self.limits.query_bytes):
                # A job of its own for every statement: the other way of asking knows no limit of time.
                job = self._begin(sql, config)
                rows = job.result(page_size=page_size, timeout=SECONDS, retry=_RETRY, job_retry=None)
        except concurrent.futures.TimeoutError as error:
            # What it was billed so far, nobody says: it stays counted.
            _cancel(job)
            raise QueryFailedError(_too_long()) from error
        except QueryError as error:
            is_free = isinstance(error, QueryRefusedError) or (job is None and isinstance(error.__cause__, ClientError))
            self._settle(day, estimate, 0 if is_free else _billed(job))
            raise
        self._settle(day, estimate, _billed(job))
        return rows

    def _begin(self, sql: str, config: bigquery.QueryJobConfig) -> bigquery.QueryJob:
        # A name is for one job: a second statement on this connection gets one of Google's making.
        name, self._next_job = self._next_job or None, ""
        try:
            return self._client.query(
                sql, job_config=config, job_id=name, retry=_RETRY, job_retry=None, timeout=SECONDS
            )
        except Conflict:
            if name is None:
                raise
            # Nobody else has this name: it is there already, and only the answer was lost.
            return self._client.get_job(name, retry=_RETRY, timeout=SECONDS)

    def _settle(self, day: str, estimate: Estimate, billed: int | None) -> None:
        # Of what nobody knows, the estimate stays counted.
        if billed is not None:
            self._day.correct(day, estimate, billed)

    def list_projects(self, **_: Any) -> list[bigquery.client.Project]:
        """The project that pays; tables of others are read by their full name."""
        return [bigquery.client.Project(self.project, "", self.project)]

    def list_datasets(self, project: str | None = None, **_: Any) -> Iterator[Any]:
        """The datasets of a project."""
        with _explained():
            yield from self._client.list_datasets(project or self.project, retry=_RETRY)

    def list_tables(self, dataset: Any, page_size: int | None = None, **_: Any) -> Any:
        """The tables of a dataset; one that is gone is told apart by Google's own NotFound."""
        return self._client.list_tables(dataset, page_size=page_size, retry=_RETRY)

    def get_table(self, table: Any, **_: Any) -> bigquery.Table:
        """A table's columns; one that is gone is told apart by Google's own NotFound."""
        return self._client.get_table(table, retry=_RETRY)

    def _ensure_bqstorage_client(self, *_: Any) -> None:
        # Few rows are shown: they come with the answer.
        return None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def _key_file() -> str:
    return setting("GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE")


@cache
def _credentials(path: str) -> Any:
    """Kept for as long as the process lives, so that not every query signs in anew. Raises QueryFailedError."""
    with _explained():
        if not path:
            return google.auth.default(scopes=_SCOPES)[0]
        try:
            return service_account.Credentials.from_service_account_file(path, scopes=_SCOPES)
        except (OSError, ValueError) as error:
            raise QueryFailedError(
                "GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE names no service account's key; tell whoever runs Superset."
            ) from error


def _billed(job: Any) -> int | None:
    """The bytes that a job was billed; None while BigQuery has not said."""
    return int(job.total_bytes_billed) if job is not None and job.total_bytes_billed is not None else None


def _cancel(job: Any) -> None:
    """What nobody waits for shall not go on; where that fails, the job's own limit of time ends it."""
    try:
        job.cancel(retry=None, timeout=5)
    except (GoogleAPIError, requests.RequestException):
        return


def _too_long() -> str:
    return f"This query was ended after {SECONDS} seconds; read fewer columns or days."


def _said(error: GoogleAPICallError) -> tuple[str, str]:
    """What BigQuery says, on one line and without the address that was asked, and its word for it."""
    first = next((each for each in error.errors or [] if isinstance(each, dict)), {})
    lines = str(first.get("message") or error.message or error).strip().splitlines()
    said = lines[0].split("; reason: ")[0].rstrip(".") if lines else type(error).__name__
    return said, str(first.get("reason", ""))


@contextmanager
def _explained(estimate: Estimate | None = None, most_bytes: int = 0) -> Iterator[None]:
    """Whatever BigQuery or the way to it refuses inside is raised as QueryError, in a sentence."""
    try:
        yield
    except GoogleAuthError as error:
        raise QueryFailedError("Google does not accept Superset's credentials; tell whoever runs Superset.") from error
    except (GoogleAPIError, requests.RequestException) as error:
        # What was tried again in vain says what was wrong with it.
        cause = error.cause if isinstance(error, RetryError) else error
        if not isinstance(cause, GoogleAPICallError):
            raise QueryFailedError("BigQuery does not answer; ask again in a minute.") from error
        said, reason = _said(cause)
        if reason == "bytesBilledLimitExceeded" and estimate is not None:
            # Views and row filters can make it more than the dry run said.
            raise QueryRefusedError(
                f"BigQuery did not run it, since it would be billed more than {readable(most_bytes)} ({said}): it cost "
                "nothing. Read fewer columns or days."
            ) from error
        if reason in {"stopped", "timeout"}:
            raise QueryFailedError(
                f"BigQuery ended this query ({said}): it was stopped, or took {SECONDS} seconds; read fewer columns or "
                "days."
            ) from error
        raise QueryFailedError(f"BigQuery refuses: {said}. {advice(cause.code or 0, reason)}") from error
