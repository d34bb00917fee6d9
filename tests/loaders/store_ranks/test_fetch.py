"""A feed over the web, from a server on this machine: busy, broken, endless, elsewhere."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loaders.errors import FeedError
from loaders.store_ranks import fetch as fetch_module
from loaders.store_ranks.feed import parse_feed
from loaders.store_ranks.fetch import read_source
from tests.loaders.store_ranks.feeds import rss_v2

Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {"Content-Type": "application/json"}, rss_v2())


class Apple:
    """A web server that gives the answers in their order, and the last one again and again."""

    def __init__(self, answers: list[Answer]) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers[min(len(outer.asked), len(answers) - 1)]
                outer.asked.append(self.path)
                if not status:
                    self.connection.close()
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def apple() -> Iterator[Callable[..., Apple]]:
    servers: list[Apple] = []

    def start(*answers: Answer) -> Apple:
        servers.append(Apple(list(answers)))
        return servers[-1]

    yield start
    for server in servers:
        server.server.shutdown()
        server.server.server_close()


def read(url: str) -> bytes:
    return read_source(url, pace_seconds=0)


def test_what_is_served_is_what_is_read(apple):
    assert read(f"{apple(OK).url}/hk.json") == OK[2]


def test_a_compressed_answer_and_a_compressed_file_are_both_unpacked(apple):
    packed = gzip.compress(OK[2])
    answer = apple((200, {"Content-Encoding": "gzip"}, packed), (200, {}, packed))
    assert read(answer.url) == OK[2]
    assert parse_feed(read(answer.url), "feed") == parse_feed(OK[2], "feed")


@pytest.mark.parametrize("trouble", [(429, {"Retry-After": "3600"}, b""), (500, {}, b""), (503, {}, b""), (0, {}, b"")])
def test_a_server_that_is_busy_is_asked_again(apple, trouble):
    server = apple(trouble, trouble, OK)
    assert read(server.url) == OK[2]
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_given_up(apple):
    server = apple((503, {}, b""))
    with pytest.raises(FeedError, match=r"http://.* answers 503, 4 times; try again later"):
        read(server.url)
    assert len(server.asked) == 4


def test_what_is_not_there_is_not_asked_for_again(apple):
    server = apple((404, {}, b""))
    with pytest.raises(FeedError, match="answers 404; check country and chart"):
        read(server.url)
    assert len(server.asked) == 1


def test_nobody_at_the_address(apple):
    server = apple(OK)
    server.server.server_close()
    with pytest.raises(FeedError, match=r"does not answer \(.*\), 4 times"):
        read(server.url)


def test_a_redirection_is_followed(apple):
    server = apple((301, {"Location": "/there.json"}, b""), OK)
    assert read(server.url) == OK[2]
    assert server.asked[-1] == "/there.json"


def test_a_redirection_without_end_is_not(apple):
    with pytest.raises(FeedError, match="without end"):
        read(apple((302, {"Location": "/again"}, b"")).url)


@pytest.mark.parametrize("address", ["http://example.com/hk.json", "HTTP://EXAMPLE.COM/hk.json"])
def test_an_address_without_encryption_is_refused_also_where_another_leads_to_it(apple, address):
    with pytest.raises(FeedError, match="is not encrypted; give the address with https"):
        read(address)
    with pytest.raises(FeedError, match="is not encrypted"):
        read(apple((302, {"Location": address}, b"")).url)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "https://", "https://[", "://"])
def test_an_address_that_is_none(address):
    with pytest.raises(FeedError):
        read(address)


def test_an_answer_without_end_is_cut_off(apple, monkeypatch):
    monkeypatch.setattr(fetch_module, "LARGEST_FEED", 1000)
    packed = gzip.compress(b" " * 1_000_000)
    for headers in ({}, {"Content-Encoding": "gzip"}):
        with pytest.raises(FeedError, match="which is no chart"):
            read(apple((200, headers, packed if headers else b" " * 2000)).url)


def test_files(tmp_path):
    path = tmp_path / "hk.json"
    path.write_bytes(OK[2])
    assert read(str(path)) == OK[2]
    with pytest.raises(FeedError, match="is a folder; name one feed"):
        read(str(tmp_path))
    with pytest.raises(FeedError, match=r"nowhere.json cannot be read \(No such file"):
        read("nowhere.json")
    with pytest.raises(FeedError, match="cannot be read"):
        read("a\0b")
