from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from superset_sync.client import SupersetClient
from superset_sync.errors import ChangedMeanwhileError, RefusedError, SignInError, SupersetUnreachableError

URL = "http://superset.test"
Answer = Callable[[httpx.Request], httpx.Response]


class FakeSuperset:
    """Signs everybody in who knows the password; the rest is up to the test."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer or (lambda request: httpx.Response(200, json={"result": []}))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/api/v1/security/login":
            if json.loads(request.content)["password"] != "right":
                return httpx.Response(401, json={"message": "Not authorized"})
            return httpx.Response(200, json={"access_token": "token"})
        if request.url.path == "/api/v1/security/csrf_token/":
            return httpx.Response(200, json={"result": "csrf"})
        return self._answer(request)


def sign_in(fake: Answer, password: str = "right", attempts: int = 1) -> SupersetClient:
    return SupersetClient(URL, "admin", password, attempts=attempts, transport=httpx.MockTransport(fake))


def test_every_change_carries_the_session_and_the_csrf_token() -> None:
    fake = FakeSuperset()
    with sign_in(fake) as client:
        client.put("/api/v1/chart/1", {"owners": [1]})
    change = fake.requests[-1]
    assert change.headers["Authorization"] == "Bearer token"
    assert change.headers["X-CSRFToken"] == "csrf"
    assert json.loads(change.content) == {"owners": [1]}


def test_a_wrong_password_is_told_with_the_variable_to_set() -> None:
    with pytest.raises(SignInError, match=r"does not let admin in .*GROUNDUP_ADMIN_PASSWORD"):
        sign_in(FakeSuperset(), password="wrong")


def test_lists_are_read_to_their_last_page() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        number = json.loads(request.url.params["q"])["page"]
        items = [{"id": index} for index in range(250)][number * 100 : number * 100 + 100]
        return httpx.Response(200, json={"count": 250, "result": items})

    with sign_in(FakeSuperset(page)) as client:
        assert [item["id"] for item in client.list("/api/v1/chart/", ["id"])] == list(range(250))


def test_a_busy_superset_is_asked_again() -> None:
    answers = iter([503, 502, 200])
    with sign_in(FakeSuperset(lambda _: httpx.Response(next(answers), json={"result": 7})), attempts=3) as client:
        assert client.get("/api/v1/chart/1")["result"] == 7


def test_a_superset_that_stays_busy_is_unreachable() -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(503))) as client,
        pytest.raises(SupersetUnreachableError, match=r"does not answer .*groundup up superset"),
    ):
        client.get("/api/v1/chart/1")


def test_nobody_there_is_one_sentence() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(SupersetUnreachableError, match=f"Superset at {URL} does not answer"):
        sign_in(nobody)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"message": "Forbidden"}, "403: Forbidden"),
        (
            {"errors": [{"message": "Error importing assets", "extra": {"charts/a.yaml": {"params": ["Missing"]}}}]},
            '403: Error importing assets {"charts/a.yaml": {"params": ["Missing"]}}',
        ),
        ([], "403: Forbidden"),
    ],
)
def test_a_refusal_says_why(body: Any, reason: str) -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(403, json=body))) as client,
        pytest.raises(RefusedError) as refusal,
    ):
        client.post_once("/api/v1/things/", {})
    assert f"refused POST /api/v1/things/ ({reason})" in str(refusal.value)


def test_something_else_on_the_port_is_told() -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(200, text="<html>"))) as client,
        pytest.raises(RefusedError, match="is not Superset"),
    ):
        client.get("/api/v1/chart/1")


def test_an_expired_session_is_renewed_in_the_middle() -> None:
    fake = FakeSuperset(lambda request: httpx.Response(next(answers), json={"result": request.headers["X-CSRFToken"]}))
    answers = iter([401, 200])
    with sign_in(fake) as client:
        assert client.get("/api/v1/chart/1")["result"] == "csrf"
    assert [request.url.path for request in fake.requests].count("/api/v1/security/login") == 2


def test_a_session_that_cannot_be_renewed_is_refused() -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(401, json={"message": "Not authorized"}))) as client,
        pytest.raises(RefusedError, match="401: Not authorized"),
    ):
        client.get("/api/v1/chart/1")


def test_what_must_not_be_done_twice_is_sent_once() -> None:
    fake = FakeSuperset(lambda _: httpx.Response(503))
    with sign_in(fake) as client, pytest.raises(SupersetUnreachableError):
        client._attempts = 5
        client.post_once("/api/v1/things/", {})
    assert [request.url.path for request in fake.requests].count("/api/v1/things/") == 1


def test_what_has_changed_meanwhile_is_told_from_a_refusal() -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(409, json={"message": "charts 1 has changed"}))) as client,
        pytest.raises(ChangedMeanwhileError, match="nothing was applied; run it again"),
    ):
        client.post_once("/api/v1/things/", {})


def test_a_superset_without_our_part_is_told() -> None:
    with (
        sign_in(FakeSuperset(lambda _: httpx.Response(404, json={"message": "Not found"}))) as client,
        pytest.raises(RefusedError, match=r"without this project's superset_config.*`groundup up`"),
    ):
        client.get_ours("/api/v1/ours/")
