"""A provider of OpenID Connect on this machine, which can be made to lie, to forge and to be gone."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
from joserfc import jwk, jwt
from werkzeug.serving import BaseWSGIServer, make_server

from tests.conftest import free_port

Tamper = Callable[[dict[str, Any]], dict[str, Any]]


class OidcProvider:
    """One whose people are told to it; `tamper` changes what it answers when a code is redeemed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tamper: Tamper | None = None
        self.asked: list[dict[str, str]] = []
        self._challenges: dict[str, str] = {}
        self._users: dict[str, dict[str, Any]] = {}
        self._server: BaseWSGIServer | None = None
        self._app = oidc_provider_mock.app(require_nonce=True)
        self._app.after_request(self._answer)

    def know(self, subject: str, **claims: Any) -> str:
        """Somebody with an account there; returns the subject."""
        with self._app.test_client() as client:
            assert client.put(f"/users/{subject}", json=claims, base_url=self.url).status_code == 204
        return subject

    def start(self) -> None:
        """Answer from now on."""
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Be gone."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Be gone for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def tampering(self, tamper: Tamper) -> Iterator[None]:
        """Answer with what `tamper` makes of the answer, for a while."""
        self.tamper = tamper
        try:
            yield
        finally:
            self.tamper = None

    def _answer(self, response: flask.Response) -> flask.Response:
        """Checks PKCE as Google does and the stand-in does not, then lies as told."""
        request = flask.request
        if request.path == "/oauth2/authorize" and response.location:
            self.asked.append(request.args.to_dict())
            assert request.args["code_challenge_method"] == "S256"
            code = parse_qs(urlsplit(response.location).query).get("code", [""])[0]
            self._challenges[code] = request.args["code_challenge"]
        if request.path == "/oauth2/token" and response.status_code == 200:
            digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if self._challenges.pop(request.form["code"]) != proof:
                return flask.make_response({"error": "invalid_grant"}, 400)
            if self.tamper:
                answer = response.get_json()
                return flask.make_response(self.tamper(answer), 200)
        return response


_OWN_KEY = jwk.RSAKey.generate_key(2048)


def claims_of(answer: dict[str, Any]) -> dict[str, Any]:
    """What the id token of an answer says, unchecked."""
    body = answer["id_token"].split(".")[1]
    return dict(flask.json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def header_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The header of the id token of an answer."""
    head = answer["id_token"].split(".")[0]
    return dict(flask.json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))))


def signed_by_another(**changed: Any) -> Tamper:
    """The same id token, with changes, signed with a key that is not the provider's."""

    def tamper(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "id_token": jwt.encode(header_of(answer), {**claims_of(answer), **changed}, _OWN_KEY)}

    return tamper


def unsigned(answer: dict[str, Any]) -> dict[str, Any]:
    """The same id token with the algorithm "none"."""

    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(flask.json.dumps(content).encode()).decode().rstrip("=")

    return {**answer, "id_token": f"{part({'alg': 'none'})}.{part(claims_of(answer))}."}


def signed_with_the_secret(secret: str) -> Tamper:
    """The same id token, signed with what the client and the provider both know."""

    def tamper(answer: dict[str, Any]) -> dict[str, Any]:
        key = jwk.OctKey.import_key(secret)
        return {**answer, "id_token": jwt.encode({"alg": "HS256"}, claims_of(answer), key)}

    return tamper


def without_id_token(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer that does not say who it is."""
    return {name: value for name, value in answer.items() if name != "id_token"}


@contextmanager
def correctly_signed(provider: OidcProvider, **changed: Any) -> Iterator[None]:
    """The provider's own signature on an id token with other claims; None takes a claim away."""

    def tamper(answer: dict[str, Any]) -> dict[str, Any]:
        claims = {name: value for name, value in {**claims_of(answer), **changed}.items() if value is not None}
        key = flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
        return {**answer, "id_token": jwt.encode(header_of(answer), claims, jwk.RSAKey.import_key(key))}

    with provider.tampering(tamper):
        yield


def an_hour_ago() -> int:
    """In seconds since 1970."""
    return int(time.time()) - 3600
