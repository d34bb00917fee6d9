"""A feed's bytes, from a file or from the web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from loaders.errors import FeedError
from loaders.store_ranks.feed import LARGEST_FEED

_ATTEMPTS = 4
_MOST_REDIRECTS = 5
_LONGEST_WAIT_SECONDS = 60
_TIMEOUT = httpx.Timeout(30, connect=10)
_TOO_MANY, _ERRORS = 429, 500
_HERE = ("127.0.0.1", "localhost", "::1")


class _TryAgainError(Exception):
    """Worth another try; `seconds` is how long the server wants to be left alone."""

    def __init__(self, why: str, seconds: float = 0) -> None:
        super().__init__(why)
        self.seconds = seconds


def is_address(source: str) -> bool:
    """Whether the source of a feed is an address on the web and not a file."""
    return "://" in source


def read_source(source: str, *, pace_seconds: float = 1) -> bytes:
    """The bytes of a file or an address. Raises FeedError.

    `pace_seconds` scales the waits between tries.
    """
    return fetch(source, pace_seconds=pace_seconds) if is_address(source) else read_file(Path(source))


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises FeedError when it cannot be read or is too large for a chart."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FEED + 1)
    except IsADirectoryError as error:
        raise FeedError(f"{path} is a folder; name one feed in it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FeedError(f"{path} cannot be read ({reason}); check the name and the permissions.") from error
    return _limited(content, str(path))


def fetch(url: str, *, pace_seconds: float = 1) -> bytes:
    """What the address answers; tried again when the server is busy or the line breaks. Raises FeedError."""
    attempts = Retrying(
        retry=retry_if_exception_type(_TryAgainError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=lambda state: _wait(state, pace_seconds),
        reraise=True,
    )
    try:
        content: bytes = attempts(_fetch_once, url)
    except _TryAgainError as error:
        raise FeedError(f"{url} {error}, {_ATTEMPTS} times; try again later.") from error
    except httpx.TooManyRedirects as error:
        raise FeedError(f"{url} leads from one address to the next without end; check it.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedError(f"{url} cannot be fetched ({error}); check the address.") from error
    return content


def _wait(state: RetryCallState, pace: float) -> float:
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.seconds if isinstance(failure, _TryAgainError) else 0
    return pace * max(min(asked, _LONGEST_WAIT_SECONDS), wait_random_exponential(max=10)(state))


def _fetch_once(url: str) -> bytes:
    # A machine's own server needs no encryption; from there, as from everywhere, the way leads to https alone.
    own = httpx.URL(url).host in _HERE

    def allow(request: httpx.Request) -> None:
        if request.url.scheme != "https" and not (own and request.url.host in _HERE):
            raise FeedError(f"{request.url} is not encrypted; give the address with https.")

    try:
        with (
            httpx.Client(
                timeout=_TIMEOUT,
                follow_redirects=True,
                max_redirects=_MOST_REDIRECTS,
                headers={"Accept": "application/json"},
                event_hooks={"request": [allow]},
            ) as client,
            client.stream("GET", url) as response,
        ):
            _check_status(response, url)
            return _limited(_first_bytes(response.iter_bytes()), url)
    except httpx.TransportError as error:
        if isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError):
            raise
        raise _TryAgainError(f"does not answer ({str(error) or type(error).__name__})") from error


def _check_status(response: httpx.Response, url: str) -> None:
    if response.status_code == _TOO_MANY or response.status_code >= _ERRORS:
        asked = response.headers.get("retry-after", "")
        raise _TryAgainError(f"answers {response.status_code}", float(asked) if asked.isdecimal() else 0)
    if not response.is_success:
        raise FeedError(f"{url} answers {response.status_code}; check country and chart, or the address.")


def _first_bytes(chunks: Iterator[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST_FEED:
            break
    return bytes(content)


def _limited(content: bytes, where: str) -> bytes:
    if len(content) > LARGEST_FEED:
        raise FeedError(f"{where} has over {LARGEST_FEED // 2**20} MB, which is no chart; check what it is.")
    return content
