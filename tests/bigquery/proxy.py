"""A way to the emulator on which requests are refused, lost or broken off, and dry runs tell what is to be billed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx

from tests.bigquery.emulator import running_emulator
from tests.bigquery.fake import Fault, Request
from tests.bigquery.serving import served

# Where jobs are asked for.
JOBS = r"/projects/acme/jobs(\?|$)"


@dataclass
class Proxy:
    """Where it is, and what goes wrong with the requests that fit; statements that were really to run are kept."""

    address: str = ""
    faults: list[Fault] = field(default_factory=list)
    # The bytes that a dry run says.
    processed: int = 0
    statements: list[str] = field(default_factory=list)
    # Whether answers of jobs are on their way and do not come.
    is_slow: threading.Event = field(default_factory=threading.Event)
    stopped: list[str] = field(default_factory=list)
    # The jobs that were asked for, dry runs included, as they came.
    jobs: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for each in self.faults:
                if each.method == method and re.search(each.path, path) and each.times:
                    each.times -= 1
                    return each
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    proxy: Proxy
    client: httpx.Client

    def log_message(self, *arguments: object) -> None:
        return

    def answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        dry, sql = _statement(content)
        if sql:
            self.proxy.jobs.append(Request(self.command, self.path, {}, json.loads(content)))
        while self.proxy.is_slow.is_set() and "/queries/" in self.path:
            time.sleep(0.1)
        fault = None if dry else self.proxy.fault(self.command, self.path)
        if fault and not fault.broken:
            error = {"reason": fault.reason, "message": fault.message}
            body = {"error": {"code": fault.status, "message": fault.message, "errors": [error]}}
            self._send(fault.status, json.dumps(body).encode())
            return
        if sql and not dry:
            self.proxy.statements.append(sql)
        if self.path.partition("?")[0].endswith("/cancel"):
            self.proxy.stopped.append(self.path.partition("?")[0].split("/")[-2])
        headers = {name: self.headers[name] for name in ("Content-Type",) if name in self.headers}
        found = self.client.request(self.command, self.path, content=content, headers=headers)
        text = found.content
        if dry and found.status_code == httpx.codes.OK and self.proxy.processed:
            job = json.loads(text)
            job["statistics"]["totalBytesProcessed"] = str(self.proxy.processed)
            job["statistics"].setdefault("query", {})["totalBytesProcessed"] = str(self.proxy.processed)
            text = json.dumps(job).encode()
        self._send(found.status_code, text, cut=fault is not None)

    def _send(self, status: int, text: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[: len(text) // 2] if cut else text)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut


def _statement(content: bytes) -> tuple[bool, str]:
    """Whether a request is a dry run, and the statement that it brings."""
    try:
        config = json.loads(content)["configuration"]
        return bool(config.get("dryRun")), str(config["query"]["query"])
    except (ValueError, KeyError, TypeError):
        return False, ""


@contextmanager
def running_proxy(log: Path) -> Iterator[Proxy]:
    """A proxy before an emulator of its own, which writes to `log`, while the context is open."""
    proxy = Proxy()
    with (
        running_emulator(log) as emulator,
        httpx.Client(base_url=emulator, timeout=120) as client,
        served(_Handler, _Handler.answer, proxy=proxy, client=client) as proxy.address,
    ):
        yield proxy
