"""A server of a handler's own, for what stands between our client and BigQuery, or in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def served(handler: type[BaseHTTPRequestHandler], answer: Callable[..., None], **attributes: Any) -> Iterator[str]:
    """The address at which `answer` answers every request, as a method of the handler, while the context is open."""
    verbs = {f"do_{verb}": answer for verb in ("GET", "POST", "PATCH", "PUT", "DELETE")}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {**attributes, **verbs}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
