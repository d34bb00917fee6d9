"""A signed-in session with a running Superset, over its REST interface."""

from __future__ import annotations

import json
import time
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from superset_sync.errors import ChangedMeanwhileError, RefusedError, SignInError, SupersetUnreachableError

_PAGE = 100
# In seconds: a first apply on a busy machine takes its time.
_LONG = 300
_BUSY = frozenset({502, 503, 504})


class _BusyError(Exception):
    """Worth another try."""


class SupersetClient:
    """Signs in at the start and again when the session has expired; tries again when Superset is busy.

    Raises SupersetUnreachableError, SignInError or RefusedError.
    """

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        *,
        attempts: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self._attempts = attempts
        self._account = {"username": username, "password": password, "provider": "db", "refresh": False}
        self._http = httpx.Client(base_url=url, timeout=60, transport=transport, trust_env=False)
        try:
            self._sign_in()
        except BaseException:
            self._http.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self._http.close()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """One object, or one page of a list."""
        parameters = {"q": json.dumps(query)} if query else None
        return self._json(self._request("GET", path, params=parameters))

    def get_ours(self, path: str) -> dict[str, Any]:
        """One answer of the part of Superset that this project adds."""
        response = self._request("GET", path, check=False)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise RefusedError(
                f"Superset at {self.url} runs without this project's superset_config, or with an older one; "
                "start it anew with `groundup down` and `groundup up`."
            )
        return self._json(self._checked(response, "GET", path))

    def list(self, path: str, columns: list[str]) -> list[dict[str, Any]]:
        """All objects of a kind, with these columns, whatever the number of pages."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, columns=columns, page=len(found) // _PAGE, page_size=_PAGE)
            found += page["result"]
            if len(found) >= page["count"] or not page["result"]:
                return found

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for what takes more than an address."""
        return self._json(self._request("POST", path, json=body))

    def put(self, path: str, change: dict[str, Any]) -> dict[str, Any]:
        """Change one object."""
        return self._json(self._request("PUT", path, json=change))

    def delete(self, path: str) -> dict[str, Any]:
        """Delete one object."""
        return self._json(self._request("DELETE", path))

    def post_once(self, path: str, order: dict[str, Any]) -> dict[str, Any]:
        """Send something that must not be done twice: without an answer, it is not known whether it was done.

        Raises ChangedMeanwhileError when Superset answers that it would be done on something else by now.
        """
        response = self._request("POST", path, attempts=1, check=False, json=order, timeout=_LONG)
        if response.status_code == httpx.codes.CONFLICT:
            raise ChangedMeanwhileError(
                f"Superset at {self.url} was changed while assets were applied ({_reason(response)}), so nothing was "
                "applied; run it again."
            )
        if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise RefusedError(f"Superset at {self.url} applied nothing: {_reason(response)}.")
        return self._json(self._checked(response, "POST", path))

    def wait(self, seconds: float = 120) -> None:
        """Wait until it answers again. Raises SupersetUnreachableError after so many seconds."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._send("GET", "/health", 1)
                return
            except SupersetUnreachableError:
                if time.monotonic() > end:
                    raise
                time.sleep(1)

    def _sign_in(self) -> None:
        self._http.headers.pop("Authorization", None)
        response = self._send("POST", "/api/v1/security/login", self._attempts, json=self._account)
        if response.status_code != httpx.codes.OK:
            username = self._account["username"]
            raise SignInError(
                f"Superset at {self.url} does not let {username} in ({_reason(response)}); "
                f"set GROUNDUP_{str(username).upper()}_PASSWORD to the account's password."
            )
        self._http.headers["Authorization"] = f"Bearer {self._json(response)['access_token']}"
        token = self._send("GET", "/api/v1/security/csrf_token/", self._attempts)
        self._http.headers["X-CSRFToken"] = self._json(self._checked(token, "GET", token.url.path))["result"]
        self._http.headers["Referer"] = self.url

    def _request(
        self, method: str, path: str, *, check: bool = True, attempts: int | None = None, **arguments: Any
    ) -> httpx.Response:
        response = self._send(method, path, attempts or self._attempts, **arguments)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            # The session has expired: a token holds for a quarter of an hour, and a restart may have ended it.
            self._sign_in()
            response = self._send(method, path, attempts or self._attempts, **arguments)
        return self._checked(response, method, path) if check else response

    def _send(self, method: str, path: str, attempts: int, **arguments: Any) -> httpx.Response:
        try:
            for attempt in Retrying(
                stop=stop_after_attempt(attempts),
                wait=wait_exponential(multiplier=0.2, max=5),
                retry=retry_if_exception_type((httpx.TransportError, _BusyError)),
                reraise=True,
            ):
                with attempt:
                    response = self._http.request(method, path, **arguments)
                    if response.status_code in _BUSY:
                        raise _BusyError(_reason(response))
        except (httpx.TransportError, _BusyError) as error:
            raise SupersetUnreachableError(
                f"Superset at {self.url} does not answer ({error}); start it with `groundup up superset`, "
                "or see `groundup logs superset`."
            ) from error
        return response

    def _checked(self, response: httpx.Response, method: str, path: str) -> httpx.Response:
        if response.is_error:
            raise RefusedError(
                f"Superset at {self.url} refused {method} {path} ({response.status_code}: {_reason(response)}); "
                "see `groundup logs superset`."
            )
        return response

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body = response.json()
        except ValueError as error:
            raise RefusedError(
                f"What answers at {self.url} is not Superset ({response.headers.get('content-type', 'no type')}); "
                "set GROUNDUP_SUPERSET_PORT to Superset's port."
            ) from error
        return dict(body)


def _reason(response: httpx.Response) -> str:
    """What Superset says, in one line: it answers in several shapes."""
    try:
        body = response.json()
    except ValueError:
        return response.reason_phrase
    if isinstance(body, dict):
        errors = body.get("errors")
        if isinstance(errors, list) and errors:
            extra = errors[0].get("extra") or {}
            details = {key: value for key, value in extra.items() if key != "issue_codes"}
            return " ".join([str(errors[0].get("message", "")), json.dumps(details) if details else ""]).strip()
        if "message" in body:
            return str(body["message"])
    return response.reason_phrase
