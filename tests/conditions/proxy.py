"""A connection between a load and MySQL that breaks, or stands still, in the middle of LOAD DATA's rows."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Literal

_STATEMENT = b"LOAD DATA LOCAL"


class Proxy:
    """Forwards a port to MySQL's; when the statement number `nth` sends its rows, it cuts or waits after some bytes."""

    def __init__(self, port: int, do: Literal["cut", "wait"], *, nth: int = 1, after: int = 0) -> None:
        self._do, self._nth, self._after = do, nth, after
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        # Set when the place in the rows has been reached; set by the test to go on.
        self.reached = threading.Event()
        self.resume = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.resume.set()
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._watch, args=(client, server), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _watch(self, client: socket.socket, server: socket.socket) -> None:
        statements, rest = 0, self._after
        with contextlib.suppress(OSError):
            while piece := client.recv(65_536):
                if _STATEMENT in piece:
                    statements += 1
                elif statements == self._nth and not self.reached.is_set():
                    if len(piece) <= rest:
                        rest -= len(piece)
                    else:
                        server.sendall(piece[:rest])
                        piece = piece[rest:]
                        self.reached.set()
                        if self._do == "cut":
                            break
                        self.resume.wait()
                server.sendall(piece)
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxied(port: int, do: Literal["cut", "wait"], *, nth: int = 1, after: int = 0) -> Iterator[Proxy]:
    proxy = Proxy(port, do, nth=nth, after=after)
    try:
        yield proxy
    finally:
        proxy.close()
