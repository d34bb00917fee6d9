"""BigQuery's REST API as far as our client uses it, for what the emulator gets wrong. It runs no SQL.

Each part follows the REST reference (cloud.google.com/bigquery/docs/reference/rest/v2) and the pages named:
- jobs.insert: a `jobReference.jobId` that is taken is a 409 `duplicate`; `dryRun` answers with statistics and stores
  nothing; `maximumBytesBilled` below what would be billed fails the job with `bytesBilledLimitExceeded`, unbilled.
- jobs.get, jobs.cancel: a job ends after as many looks as `looks` says; a cancelled one ends with `stopped`.
- jobs.getQueryResults, tabledata.list: pages with `pageToken`, values as strings in `f`/`v`, moments in microseconds.
- upload (multipart): a load job of newline-delimited JSON, WRITE_APPEND or WRITE_TRUNCATE.
- datasets, tables: insert (409 when there), get, patch, delete, list; `etag` and `lastModifiedTime` change with writes.
- errors: {"error": {"code", "message", "errors": [{"reason"}]}} with the reasons of docs/error-messages.
What a statement would read, write or answer is what the test says in `processed`, `written` and `answers`. Of what
INSERT, DELETE and TRUNCATE would do to a table it only counts: `copies`, how often its rows are there.
"""

import calendar
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.bigquery.serving import served

MIB = 2**20


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def job_id(self) -> str:
        return self.body["jobReference"]["jobId"]

    @property
    def config(self) -> dict[str, Any]:
        """The query's part of a job's configuration; empty for other jobs and requests."""
        return self.body.get("configuration", {}).get("query", {})

    @property
    def is_dry(self) -> bool:
        return bool(self.body.get("configuration", {}).get("dryRun"))


@dataclass
class Fault:
    """What goes wrong `times` times when a request fits, after `skip` that fit and go well."""

    method: str
    path: str
    status: int = 503
    reason: str = "backendError"
    message: str = "Something went wrong"
    times: int = 1
    skip: int = 0
    # Whether the server did it all the same, and only the answer is lost.
    after: bool = False
    # Whether the answer breaks off half-way.
    broken: bool = False


@dataclass
class Answer:
    """The rows that statements with this text give."""

    text: str
    schema: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]]


class RefusedError(Exception):
    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


@dataclass
class FakeBigQuery:
    address: str = ""
    location: str = "US"
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    # How jobs with this in their id end: the reason, and how often.
    failures: dict[str, list[str]] = field(default_factory=dict)
    processed: int = 0
    written: int = 1
    looks: int = 0
    page_rows: int = 1000
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    clock: int = 1_772_000_000_000
    lock: threading.RLock = field(default_factory=threading.RLock)

    # What tests ask

    def sent(self, method: str, path: str = "") -> list[Request]:
        return [each for each in self.requests if each.method == method and re.search(path, each.path)]

    @property
    def statements(self) -> list[Request]:
        """The statements that were really to run, in their order."""
        return [each for each in self.sent("POST", "/jobs$") if each.config and not each.is_dry]

    @property
    def job_kinds(self) -> list[str]:
        """table_kind of all jobs that were really to run, loads included, in their order."""
        ids = [each.job_id for each in self.sent("POST", "/jobs$") if not each.is_dry]
        return [re.sub(r"^groundup_(.*)_[0-9a-f]{16}_\d+$", r"\1", job_id) for job_id in ids]

    def put_table(self, dataset: str, name: str, rows: int = 1, size: int = 1000) -> None:
        """Makes a table, or changes the one that is there."""
        self.datasets.setdefault(dataset, {"location": self.location})
        made = self._table({"tableReference": {"projectId": "acme", "datasetId": dataset, "tableId": name}})
        self.tables[dataset, name] = made | {"numRows": str(rows), "numBytes": str(size)}

    # What the server does

    def fault(self, request: Request) -> Fault | None:
        """What is to go wrong with this request, if anything."""
        for each in self.faults:
            fits = each.method in {"", request.method} and re.search(each.path, request.path) and not request.is_dry
            if fits and each.skip:
                each.skip -= 1
            elif fits and each.times:
                each.times -= 1
                return each
        return None

    def handle(self, request: Request) -> dict[str, Any]:
        path = request.path.removeprefix("/upload").removeprefix("/bigquery/v2/projects/acme/")
        if path == "jobs":
            return self._insert_job(request)
        parts = path.split("/")
        if parts[0] == "jobs":
            job = self._job(parts[1], request)
            if parts[2:] == ["cancel"]:
                if job["status"]["state"] != "DONE":
                    self._end(job, {"reason": "stopped", "message": "Job execution was cancelled"})
                return {"job": job}
            self._look(job)
            return job
        if parts[0] == "queries":
            return self._results(self._job(parts[1], request), request)
        return self._metadata(request, parts[1:])

    def _metadata(self, request: Request, parts: list[str]) -> dict[str, Any]:
        if not parts:
            name = request.body["datasetReference"]["datasetId"]
            self._refuse_if(name in self.datasets, 409, "duplicate", f"Already Exists: Dataset acme:{name}")
            return self.datasets.setdefault(name, self._dataset(request.body))
        dataset = parts[0]
        self._refuse_if(dataset not in self.datasets, 404, "notFound", f"Not found: Dataset acme:{dataset}")
        if len(parts) == 1:
            return self._dataset({"datasetReference": {"projectId": "acme", "datasetId": dataset}})
        if len(parts) == 2:
            return self._tables(request, dataset)
        place = dataset, parts[2]
        missing = f"Not found: Table acme:{dataset}.{parts[2]} was not found in location {self.location}"
        self._refuse_if(place not in self.tables, 404, "notFound", missing)
        if parts[3:] == ["data"]:
            return self._data(request, place)
        if request.method == "DELETE":
            del self.tables[place]
            self.copies.pop(parts[2], None)
            return {}
        if request.method in {"PATCH", "PUT"}:
            self.tables[place] = self._table({**self.tables[place], **request.body}, changes=self.tables[place])
        return self.tables[place]

    def _tables(self, request: Request, dataset: str) -> dict[str, Any]:
        if request.method == "POST":
            name = request.body["tableReference"]["tableId"]
            self._refuse_if((dataset, name) in self.tables, 409, "duplicate", f"Already Exists: Table {name}")
            self.tables[dataset, name] = self._table(request.body)
            self.rows[dataset, name] = []
            return self.tables[dataset, name]
        names = sorted(name for each, name in self.tables if each == dataset)
        start = int(request.query.get("pageToken", 0))
        page = [{"tableReference": self.tables[dataset, name]["tableReference"]} for name in names[start : start + 50]]
        return {"tables": page} | ({"nextPageToken": str(start + 50)} if start + 50 < len(names) else {})

    def _insert_job(self, request: Request) -> dict[str, Any]:
        job_id, config = request.job_id, request.body["configuration"]
        self._refuse_if(job_id in self.jobs, 409, "duplicate", f"Already Exists: Job acme:{self.location}.{job_id}")
        job = {
            "jobReference": {"projectId": "acme", "jobId": job_id, "location": self.location},
            "configuration": config,
            "status": {"state": "RUNNING"},
            "statistics": {"creationTime": str(self.clock), "query": {}},
            "looks": self.looks,
        }
        if "query" in config:
            sql = config["query"]["query"]
            tables = re.findall(r"(?:FROM|JOIN|INTO)\s+`?([\w.*-]+)`?", sql)
            job["statistics"]["totalBytesProcessed"] = str(self.processed)
            job["statistics"]["query"] = {
                "totalBytesProcessed": str(self.processed),
                "statementType": "SCRIPT" if ";" in sql else sql.split(maxsplit=1)[0].upper(),
                "referencedTables": [
                    {"projectId": "acme", "datasetId": "groundup", "tableId": name} for name in sorted(set(tables))
                ],
            }
        if config.get("dryRun"):
            return job | {"status": {"state": "DONE"}}
        self.jobs[job_id] = job
        self._look(job)
        return job

    def _look(self, job: dict[str, Any]) -> None:
        if job["status"]["state"] == "DONE":
            return
        job["looks"] -= 1
        if job["looks"] >= 0:
            return
        for mark, reasons in self.failures.items():
            if mark in job["jobReference"]["jobId"] and reasons:
                self._end(job, {"reason": reasons.pop(0), "message": "The job failed half-way"})
                return
        self._run(job)

    def _run(self, job: dict[str, Any]) -> None:
        load = job["configuration"].get("load")
        if load:
            place = load["destinationTable"]["datasetId"], load["destinationTable"]["tableId"]
            kept = [] if load["writeDisposition"] == "WRITE_TRUNCATE" else self.rows[place]
            self.rows[place] = kept + load["rows"]
            self.tables[place] = self._table(self.tables[place], changes=self.tables[place])
            self._end(job)
            return
        config, statistics = job["configuration"]["query"], job["statistics"]["query"]
        billed = max(-(-self.processed // MIB) * MIB, 10 * MIB) if self.processed else 0
        limit = config.get("maximumBytesBilled")
        if limit and int(limit) < billed:
            message = f"Query exceeded limit for bytes billed: {limit}. {billed} or higher required."
            self._end(job, {"reason": "bytesBilledLimitExceeded", "message": message})
            return
        statistics["totalBytesBilled"] = str(billed)
        changed = re.match(r"(INSERT INTO|DELETE FROM|TRUNCATE TABLE) `(\w+)`", config["query"])
        if changed:
            statistics["numDmlAffectedRows"] = str(self.written)
            self.copies[changed[2]] = self.copies.get(changed[2], 0) + 1 if changed[1] == "INSERT INTO" else 0
        self._end(job)

    def _end(self, job: dict[str, Any], error: dict[str, Any] | None = None) -> None:
        job["status"] = {"state": "DONE"} | ({"errorResult": error, "errors": [error]} if error else {})

    def _results(self, job: dict[str, Any], request: Request) -> dict[str, Any]:
        sql = job["configuration"]["query"]["query"]
        found = next((each for each in self.answers if each.text in sql), Answer("", [("nothing", "STRING")], []))
        schema = {"fields": [{"name": name, "type": kind, "mode": "NULLABLE"} for name, kind in found.schema]}
        rows = [{"f": [{"v": value} for value in row]} for row in found.rows]
        answer = {"jobReference": job["jobReference"], "jobComplete": True, "schema": schema}
        return answer | {"totalRows": str(len(rows))} | self._page(rows, request)

    def _data(self, request: Request, place: tuple[str, str]) -> dict[str, Any]:
        fields = self.tables[place]["schema"]["fields"]
        rows = self.rows[place]
        page = self._page(rows, request)
        values = [
            {"f": [{"v": _value(row.get(each["name"]), each["type"])} for each in fields]}
            for row in page.get("rows", [])
        ]
        return {"totalRows": str(len(rows))} | page | {"rows": values}

    def _page(self, rows: list[Any], request: Request) -> dict[str, Any]:
        start = int(request.query.get("pageToken", request.query.get("startIndex", 0)))
        size = min(self.page_rows, int(request.query.get("maxResults", self.page_rows)))
        page: dict[str, Any] = {"rows": rows[start : start + size]} if size else {}
        return page | ({"pageToken": str(start + size)} if start + size < len(rows) else {})

    def _job(self, job_id: str, request: Request) -> dict[str, Any]:
        elsewhere = request.query.get("location", self.location) != self.location
        self._refuse_if(job_id not in self.jobs or elsewhere, 404, "notFound", f"Not found: Job acme:{job_id}")
        return self.jobs[job_id]

    def _dataset(self, body: dict[str, Any]) -> dict[str, Any]:
        name = body["datasetReference"]["datasetId"]
        held = self.datasets.get(name, {})
        return {**body, "location": held.get("location", body.get("location", self.location))}

    def _table(self, body: dict[str, Any], changes: dict[str, Any] | None = None) -> dict[str, Any]:
        self.clock += 1000
        place = body["tableReference"]["datasetId"], body["tableReference"]["tableId"]
        return {
            **body,
            "creationTime": changes["creationTime"] if changes else str(self.clock),
            "lastModifiedTime": str(self.clock),
            "etag": str(self.clock),
            "numRows": str(len(self.rows.get(place, []))),
            "numBytes": "0",
        }

    @staticmethod
    def _refuse_if(wrong: bool, status: int, reason: str, message: str) -> None:
        if wrong:
            raise RefusedError(status, reason, message)


def _value(value: Any, kind: str) -> Any:
    if value is None or kind != "TIMESTAMP":
        return value if value is None else str(value)
    seconds, _, fraction = value.partition(".")
    moment = time.strptime(seconds, "%Y-%m-%d %H:%M:%S")
    return str(calendar.timegm(moment) * 1_000_000 + int(fraction or 0))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: the client acknowledges two of them late.
    wbufsize = -1
    disable_nagle_algorithm = True
    fake: FakeBigQuery

    def log_message(self, *arguments: object) -> None:
        return

    def answer(self) -> None:
        request, fake = self._request(), self.fake
        with fake.lock:
            fake.requests.append(request)
            fault = fake.fault(request)
            status, content = 200, {}
            if fault is None or fault.after or fault.broken:
                try:
                    content = fake.handle(request)
                except RefusedError as error:
                    status, content = error.status, _error(error.status, error.reason, error.message)
            if fault and not fault.broken:
                status, content = fault.status, _error(fault.status, fault.reason, fault.message)
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if fault and fault.broken:
            self.wfile.write(text[: len(text) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(text)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path.startswith("/upload"):
            _, envelope, media = re.split(rb"--=+\d+==", content)[:3]
            body = json.loads(envelope.split(b"\r\n\r\n", 1)[1])
            lines = media.split(b"\r\n\r\n", 1)[1].strip().splitlines()
            body["configuration"]["load"]["rows"] = [json.loads(line) for line in lines]
        else:
            body = json.loads(content) if content else {}
        return Request(self.command, unquote(parts.path), query, body)


def _error(code: int, reason: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


@contextmanager
def running_fake() -> Iterator[FakeBigQuery]:
    """A server of its own while the context is open."""
    fake = FakeBigQuery()
    with served(_Handler, _Handler.answer, fake=fake) as fake.address:
        yield fake
