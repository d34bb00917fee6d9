"""Jobs at BigQuery: estimated and allowed before they run, found again by a retried call, cancelled by Ctrl-C."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
from google.api_core.exceptions import Conflict, GoogleAPIError, NotFound
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery
from google.cloud.bigquery import LoadJob, QueryJob
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

from loaders.bigquery_prices import bytes_to_bill, readable, usd
from loaders.warehouse import Spent
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_sql import Statement

# A job that was just refused as a duplicate may not be found for a moment.
_FIND_AGAIN = Retry(predicate=if_exception_type(NotFound), initial=0.5, timeout=30)
_CANCEL_SECONDS = 10
_LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Patience:
    """How the client retries, and how it waits; the defaults are the client library's own."""

    request: Retry = DEFAULT_RETRY
    job: Retry = DEFAULT_JOB_RETRY
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class JobName:
    """What a job is for; the same purpose always has the same job ids, one for each attempt."""

    table: str
    kind: str
    intent: str

    def attempt(self, number: int) -> str:
        """The id of the job's n-th attempt."""
        return f"groundup_{self.table}_{self.kind}_{self.intent}_{number}"


class Jobs:
    """Runs statements and loads in one project and location, with our dataset as the default one."""

    def __init__(
        self,
        client: bigquery.Client,
        dataset: bigquery.DatasetReference,
        budget: Budget,
        run: str,
        say: Callable[[str], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        """`run` labels every job; `say` takes a line of progress."""
        self.client = client
        self.dataset = dataset
        self.patience = patience or Patience()
        self._budget = budget
        self._run = run
        self._say = say

    def query(self, statement: Statement, name: JobName) -> QueryJob:
        """The finished job of the statement; one that an earlier call began under this name is taken over.

        Raises BudgetError before anything is spent, and the client library's exceptions for what BigQuery refuses.
        """
        limit = self._budget.allow(statement.what, self.estimate(statement))
        config = self._config(statement)
        config.maximum_bytes_billed = limit

        def begin(job_id: str) -> QueryJob:
            return self.client.query(
                statement.sql, job_config=config, job_id=job_id, retry=self.patience.request, job_retry=None
            )

        job: QueryJob = self._run_job(begin, name, statement.what)
        self._budget.add(spent(job).usd)
        return job

    def load(
        self,
        rows: Iterable[Mapping[str, object]],
        destination: bigquery.TableReference,
        schema: Sequence[bigquery.SchemaField],
        disposition: str,
        name: JobName,
    ) -> None:
        """Appends the rows to the table, or puts them in place of its rows, by a load job; those are free.

        Raises the client library's exceptions for what BigQuery refuses.
        """
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        config = bigquery.LoadJobConfig(
            schema=list(schema),
            source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
            write_disposition=disposition,
            labels=self._labels(name.table, None),
        )

        def begin(job_id: str) -> LoadJob:
            return self.client.load_table_from_file(
                io.BytesIO(content), destination, size=len(content), job_id=job_id, job_config=config
            )

        self._run_job(begin, name, f"{name.table}, its record")

    def earlier(self, name: JobName) -> QueryJob | None:
        """The job under this name that has succeeded; an attempt that still runs is waited for."""
        for number in itertools.count():
            try:
                job = self._get(name.attempt(number))
            except NotFound:
                return None
            self._wait(job, f"{name.table}, begun earlier")
            if job.error_result is None:
                self._budget.add(spent(job).usd)
                found: QueryJob = job
                return found
        return None

    def settle(self, name: JobName) -> None:
        """Sees to it that no attempt under this name still runs."""
        for number in itertools.count():
            try:
                job = self._get(name.attempt(number))
            except NotFound:
                return
            if job.state != "DONE":
                self._cancel(job.job_id)
                self._wait(job, f"{name.table}, begun earlier")

    def estimate(self, statement: Statement) -> int:
        """The bytes that the statement would be billed, by a dry run, which is free."""
        config = self._config(statement)
        config.dry_run = True
        dry = self.client.query(statement.sql, job_config=config, retry=self.patience.request)
        estimate = bytes_to_bill(dry.total_bytes_processed or 0, len(dry.referenced_tables or ()))
        self._say(f"{statement.what}: reads {readable(estimate)}, ${usd(estimate):.4f}")
        return estimate

    def _config(self, statement: Statement) -> bigquery.QueryJobConfig:
        return bigquery.QueryJobConfig(
            query_parameters=list(statement.parameters),
            default_dataset=self.dataset,
            labels=self._labels(statement.table, statement.day),
            use_legacy_sql=False,
            use_query_cache=False,
        )

    def _labels(self, table: str, day: object) -> dict[str, str]:
        labels = {"app": "groundup", "table": table, "day": str(day) if day else "", "run": self._run}
        return {key: re.sub(r"[^a-z0-9_-]", "-", value.lower())[:63] for key, value in labels.items()}

    def _run_job(self, begin: Callable[[str], Any], name: JobName, what: str) -> Any:
        """The successful job. An attempt that has failed before is left behind, one that can be retried is retried."""
        attempts = itertools.count()

        def run() -> Any:
            while True:
                job_id = name.attempt(next(attempts))
                try:
                    job, is_new = self._begin(begin, job_id)
                    self._wait(job, what)
                except (GoogleAPIError, requests.RequestException) as error:
                    # Whatever requests can be retried has been.
                    return error
                if job.error_result is not None and is_new:
                    raise job.exception()
                if job.error_result is None:
                    return job

        found = self.patience.job(run)()
        if isinstance(found, Exception):
            raise found
        return found

    def _begin(self, begin: Callable[[str], Any], job_id: str) -> tuple[Any, bool]:
        """The job, and whether it began now."""
        try:
            return begin(job_id), True
        except Conflict:
            return _FIND_AGAIN(self._get)(job_id), False
        except KeyboardInterrupt:
            self._cancel(job_id)
            raise

    def _get(self, job_id: str) -> Any:
        return self.client.get_job(job_id, retry=self.patience.request)

    def _wait(self, job: Any, what: str) -> None:
        """Until the job has ended, well or not; Ctrl-C cancels it at the server."""
        started, pause, said = time.monotonic(), 0.1, 0.0
        try:
            while job.state != "DONE":
                self.patience.pause(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
                job.reload(retry=self.patience.request)
                seconds = time.monotonic() - started
                if seconds - said >= _LONGEST_PAUSE:
                    said = seconds
                    self._say(f"{what}: {_progress(job)}, {seconds:.0f} s")
        except KeyboardInterrupt:
            self._cancel(job.job_id)
            raise

    def _cancel(self, job_id: str) -> None:
        # Whether it ran at all is not known; and what was asked for is to end now.
        with contextlib.suppress(GoogleAPIError, requests.RequestException):
            self.client.cancel_job(
                job_id, retry=self.patience.request.with_timeout(_CANCEL_SECONDS), timeout=_CANCEL_SECONDS
            )


def spent(job: QueryJob) -> Spent:
    """What the finished job did by its own statistics: rows written, and what it cost."""
    billed = int(job.total_bytes_billed or 0)
    return Spent(int(job.num_dml_affected_rows or 0), billed, usd(billed))


def _progress(job: Any) -> str:
    timeline = getattr(job, "timeline", None) or []
    done = sum(int(entry.completed_units or 0) for entry in timeline[-1:])
    waiting = sum(int(entry.pending_units or 0) + int(entry.active_units or 0) for entry in timeline[-1:])
    return f"{done * 100 // (done + waiting)} % done" if done + waiting else "waiting its turn"
