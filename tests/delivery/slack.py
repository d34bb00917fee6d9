"""As much of Slack's interface as a report needs: https://docs.slack.dev/reference/methods."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "xoxb-test"
CHANNEL = {"id": "C0123", "name": "morning", "is_member": True, "is_private": False}


@dataclass
class Workspace:
    """What was posted: texts, and files with the comment that they came with."""

    port: int
    posts: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    # As Slack answers when a token is withdrawn.
    error: str = ""
    # What happens when a call comes, before anything is done about it; it may set `error`.
    on_call: Callable[[], None] | None = None
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def answer(self, method: str, given: dict[str, str], token: str) -> dict[str, Any]:
        """What Slack answers to a method."""
        self.calls.append(method)
        if self.on_call:
            self.on_call()
        refusal = self.error or ("" if token == f"Bearer {TOKEN}" else "invalid_auth")
        if refusal:
            return {"ok": False, "error": refusal}
        if method == "conversations.list":
            return {"ok": True, "channels": [CHANNEL], "response_metadata": {"next_cursor": ""}}
        if method == "chat.postMessage":
            self.posts.append(given)
            return {"ok": True, "channel": given["channel"], "ts": "1.0"}
        if method == "files.getUploadURLExternal":
            name = f"F{len(self.uploads):04}"
            self.uploads[name] = {"filename": given["filename"], "length": int(given["length"])}
            return {"ok": True, "file_id": name, "upload_url": f"http://127.0.0.1:{self.port}/upload/{name}"}
        if method == "files.completeUploadExternal":
            done = [self.uploads[file["id"]] | file for file in json.loads(given["files"])]
            self.files += [
                file | {"comment": given["initial_comment"], "channel": given["channel_id"]} for file in done
            ]
            return {"ok": True, "files": [{"id": file["id"], "title": file["title"]} for file in done]}
        return {"ok": False, "error": "unknown_method"}


@contextmanager
def workspace(port: int) -> Iterator[Workspace]:
    """A server on this port."""
    slack = Workspace(port)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path)
            folder, _, name = path.path.strip("/").partition("/")
            if folder == "upload":
                upload = slack.uploads[name]
                upload["content"] = body
                # Slack refuses what has not the length that was announced.
                return self.reply(200 if len(body) == upload["length"] else 400, b"OK")
            given = {key: values[0] for key, values in (parse_qs(body.decode()) | parse_qs(path.query)).items()}
            if "json" in self.headers.get("Content-Type", ""):
                given = json.loads(body)
            answer = slack.answer(name, given, self.headers.get("Authorization", ""))
            return self.reply(200, json.dumps(answer).encode(), "application/json")

        do_GET = do_POST  # noqa: N815 - the name of the server

        def reply(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
