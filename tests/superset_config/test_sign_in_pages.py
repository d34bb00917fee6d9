"""Signing in with a provider of OpenID Connect, on a real Superset with a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pymysql
import pytest
from playwright.sync_api import Browser, ConsoleMessage

from settings.environment import SUPERSET_ACCOUNT, SUPERSET_DATABASE
from stack.places import places_of
from tests.browser.superset import KNOWN_BLOCKED, open_browser
from tests.conftest import Stack, new_stack
from tests.superset_config.oidc_provider import (
    OidcProvider,
    Tamper,
    an_hour_ago,
    correctly_signed,
    signed_by_another,
    signed_with_the_secret,
    unsigned,
    without_id_token,
)

SECRET = "a-secret-that-google-and-superset-share"
COMPANY = {"email_verified": True, "hd": "example.com"}


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def superset(provider: OidcProvider, module_folder: Path) -> Iterator[Stack]:
    """Superset with an empty store, which sends people to the provider."""
    bare = new_stack(module_folder)
    variables = {
        "GROUNDUP_OAUTH_CLIENT_ID": "superset",
        "GROUNDUP_OAUTH_CLIENT_SECRET": SECRET,
        "GROUNDUP_OAUTH_DOMAINS": "example.com",
        "GROUNDUP_OAUTH_ISSUER": provider.url,
    }
    stack = Stack(bare.home, {**bare.variables, **variables})
    stack.run("up", "superset")
    yield stack
    stack.run("down", check=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


class Visitor:
    """Somebody at a browser of their own, step by step."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(base_url=stack.environment.superset_url, timeout=60, trust_env=False)

    def begin(self, path: str = "/login/google") -> str:
        """Where Superset sends them: the provider's page."""
        answer = self.http.get(path)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def agree(self, address: str, subject: str) -> str:
        """Where the provider sends them back to."""
        answer = httpx.post(address, data={"sub": subject}, trust_env=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def come_in(self, subject: str, path: str = "/login/google") -> httpx.Response:
        return self.http.get(self.agree(self.begin(path), subject))

    def me(self) -> int:
        """The status of the question who is signed in."""
        return self.http.get("/api/v1/me/").status_code

    def roles(self) -> set[str]:
        return set(self.http.get("/api/v1/me/roles/").json()["result"]["roles"])


@pytest.fixture
def visitor(superset: Stack) -> Iterator[Visitor]:
    visitor = Visitor(superset)
    yield visitor
    visitor.http.close()


def metadata(stack: Stack, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    environment = stack.environment
    with (
        pymysql.connect(
            host="127.0.0.1",
            port=environment.mysql_port,
            user=SUPERSET_ACCOUNT,
            password=environment.mysql_superset_password,
            database=SUPERSET_DATABASE,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def accounts(stack: Stack) -> list[tuple[Any, ...]]:
    return metadata(stack, "SELECT id, username, email, active FROM ab_user ORDER BY id")


def refused(visitor: Visitor, answer: httpx.Response, status: int, sentence: str) -> None:
    """A page that says why, offers to begin again, and shows nothing of the inside; nobody is signed in."""
    assert answer.status_code == status, answer.text
    assert sentence in answer.text
    assert "Sign in with Google" in answer.text
    assert "Traceback" not in answer.text
    assert visitor.me() == 401


def test_a_colleague_signs_in_at_the_browser(superset: Stack, provider: OidcProvider, browser: Browser) -> None:
    provider.know("ada", email="Ada@example.com", given_name="Ada", family_name="Lovelace", **COMPANY)
    page = browser.new_context().new_page()
    faults: list[str] = []
    url = superset.environment.superset_url

    def note(said: ConsoleMessage) -> None:
        # The stand-in's own page wants a style from outside.
        if said.type == "error" and page.url.startswith(url) and not any(name in said.text for name in KNOWN_BLOCKED):
            faults.append(said.text)

    page.on("console", note)
    page.goto(f"{url}/dashboard/list/?pageIndex=0")
    page.wait_for_url("**/login/**")
    page.get_by_role("link", name="Sign in with Google").click()
    page.locator("input[name=sub]").fill("ada")
    page.get_by_role("button", name="Authorize").first.click()
    page.wait_for_url(f"{url}/**")
    page.goto(url)
    assert page.get_by_text("Sign out Ada").is_visible()
    assert faults == []
    roles = metadata(
        superset,
        "SELECT r.name, u.active FROM ab_user u JOIN ab_user_role ur ON ur.user_id = u.id "
        "JOIN ab_role r ON r.id = ur.role_id WHERE u.email = 'ada@example.com'",
    )
    assert roles == [("Employee", 1)]


def test_what_is_asked_of_the_provider(visitor: Visitor, provider: OidcProvider) -> None:
    visitor.come_in(provider.know("asks", email="asks@example.com", **COMPANY))
    asked = provider.asked[-1]
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email profile"
    assert asked["hd"] == "example.com"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 20
    assert asked["redirect_uri"] == f"{visitor.http.base_url}/oauth-authorized/google".replace("//oauth", "/oauth")


def test_a_second_sign_in_makes_no_second_account(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    subject = provider.know("twice", email="twice@example.com", **COMPANY)
    assert visitor.come_in(subject).status_code == 302
    before = accounts(superset)
    provider.know("twice", email="Renamed@example.com", **COMPANY)
    again = Visitor(superset)
    assert again.come_in(subject).status_code == 302
    assert again.me() == 200
    assert accounts(superset) == before


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email": "eve@evil.org", "hd": "evil.org", "email_verified": True}, "is not an account of the company"),
        ({"email": "eve@example.com", "email_verified": True}, "is not an account of the company"),
        ({"email": "eve@example.com", "hd": "example.com", "email_verified": False}, "has not verified your address"),
        ({"hd": "example.com"}, "did not say who you are"),
    ],
)
def test_nobody_else_comes_in_or_leaves_a_trace(
    visitor: Visitor, superset: Stack, provider: OidcProvider, claims: dict[str, Any], sentence: str
) -> None:
    before = accounts(superset)
    refused(visitor, visitor.come_in(provider.know("eve", **claims)), 403, sentence)
    assert accounts(superset) == before


def test_a_state_is_good_once_and_in_one_browser(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    subject = provider.know("bob", email="bob@example.com", **COMPANY)
    back = visitor.agree(visitor.begin(), subject)
    # Somebody else is led to this address, to be signed in as Bob without knowing.
    other = Visitor(superset)
    other.begin()
    refused(other, other.http.get(back), 400, "was not begun in this browser, or has been used")
    assert visitor.http.get(back).status_code == 302
    assert visitor.me() == 200
    visitor.http.get("/logout/")
    refused(visitor, visitor.http.get(back), 400, "was not begun in this browser, or has been used")


def test_one_visitor_cannot_use_anothers_code(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    """PKCE: the code of one sign-in with the state of another."""
    subject = provider.know("carol", email="carol@example.com", **COMPANY)
    stolen = httpx.URL(Visitor(superset).agree(visitor.begin(), subject)).params["code"]
    thief = Visitor(superset)
    state = httpx.URL(thief.begin()).params["state"]
    answer = thief.http.get("/oauth-authorized/google", params={"code": stolen, "state": state})
    refused(thief, answer, 403, "It was not completed at Google")


FORGED: list[tuple[str, Tamper]] = [
    ("another key", signed_by_another()),
    ("another key, another person", signed_by_another(sub="1", email="boss@example.com")),
    ("no signature", unsigned),
    ("the secret as the key", signed_with_the_secret(SECRET)),
    ("no id token", without_id_token),
    ("no token", lambda answer: {**answer, "id_token": "x.y.z"}),
]


@pytest.mark.parametrize("tamper", [tamper for _, tamper in FORGED], ids=[name for name, _ in FORGED])
def test_a_forged_id_token_is_worth_nothing(
    visitor: Visitor, superset: Stack, provider: OidcProvider, tamper: Tamper
) -> None:
    subject = provider.know("forged", email="forged@example.com", **COMPANY)
    before = accounts(superset)
    with provider.tampering(tamper):
        answer = visitor.come_in(subject)
    assert answer.status_code in {400, 403}
    refused(visitor, answer, answer.status_code, 'role="alert"')
    assert accounts(superset) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-client"},
        {"aud": "another-client", "azp": "superset"},
        {"aud": None},
        {"iss": "https://accounts.google.com"},
        {"iss": None},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"exp": an_hour_ago()},
        {"exp": None},
    ],
    # Not by the values: one is of the moment, and all processes must name the tests alike.
    ids=" and ".join,
)
def test_an_id_token_for_somebody_else_or_of_another_time_is_worth_nothing(
    visitor: Visitor, superset: Stack, provider: OidcProvider, changed: dict[str, Any]
) -> None:
    subject = provider.know("other", email="other@example.com", **COMPANY)
    before = accounts(superset)
    with correctly_signed(provider, **changed):
        answer = visitor.come_in(subject)
    refused(visitor, answer, answer.status_code, 'role="alert"')
    assert answer.status_code in {400, 403}
    assert accounts(superset) == before


def test_a_provider_that_is_gone_is_said_so(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    back = visitor.agree(visitor.begin(), provider.know("dan", email="dan@example.com", **COMPANY))
    before = accounts(superset)
    with provider.gone():
        refused(visitor, visitor.http.get(back), 503, "Google does not answer")
    assert accounts(superset) == before
    assert visitor.come_in("dan").status_code == 302


def test_who_says_no_is_back_at_the_door(visitor: Visitor) -> None:
    answer = visitor.http.get("/oauth-authorized/google", params={"error": "access_denied", "state": "x"})
    refused(visitor, answer, 403, "You did not allow it at Google")


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ("/dashboard/list/", "/dashboard/list/"),
        ("https://evil.org/", "/"),
        ("/\\evil.org", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_afterwards_nobody_is_led_away(visitor: Visitor, provider: OidcProvider, target: str, reached: str) -> None:
    subject = provider.know("led", email="led@example.com", **COMPANY)
    path = str(httpx.URL("/login/google", params={"next": target}))
    assert visitor.come_in(subject, path).headers["location"] == reached


def test_an_account_made_by_hand_keeps_its_roles(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    make_account(superset, "grace", "Grace@Example.com", "Analyst")
    before = accounts(superset)
    assert visitor.come_in(provider.know("grace", email="grace@example.com", **COMPANY)).status_code == 302
    assert visitor.roles() == {"Analyst"}
    assert accounts(superset) == before


def test_a_role_that_the_administrator_gave_stays(visitor: Visitor, superset: Stack, provider: OidcProvider) -> None:
    subject = provider.know("heidi", email="heidi@example.com", **COMPANY)
    visitor.come_in(subject)
    give_role(superset, "heidi@example.com", "Analyst")
    again = Visitor(superset)
    again.come_in(subject)
    assert again.roles() == {"Employee", "Analyst"}


def test_an_account_that_was_switched_off_is_off_at_once(
    visitor: Visitor, superset: Stack, provider: OidcProvider
) -> None:
    subject = provider.know("ivan", email="ivan@example.com", **COMPANY)
    visitor.come_in(subject)
    assert visitor.me() == 200
    switch_off(superset, "ivan@example.com")
    assert visitor.me() == 401
    again = Visitor(superset)
    refused(again, again.come_in(subject), 403, "is switched off")


def test_an_address_that_somebody_else_had_opens_nothing(
    visitor: Visitor, superset: Stack, provider: OidcProvider
) -> None:
    visitor.come_in(provider.know("first", email="desk@example.com", **COMPANY))
    before = accounts(superset)
    second = Visitor(superset)
    refused(
        second,
        second.come_in(provider.know("second", email="desk@example.com", **COMPANY)),
        403,
        "was somebody else&#39;s",
    )
    assert accounts(superset) == before


def test_a_name_like_the_administrators_is_not_the_administrator(
    visitor: Visitor, superset: Stack, provider: OidcProvider
) -> None:
    subject = provider.know("admin", email="admin@example.com", preferred_username="admin", **COMPANY)
    visitor.come_in(subject)
    assert visitor.roles() == {"Employee"}


def test_the_administrator_is_not_locked_out(superset: Stack, provider: OidcProvider, browser: Browser) -> None:
    environment = superset.environment
    page = browser.new_context().new_page()
    with provider.gone():
        page.goto(f"{environment.superset_url}/login/")
        page.get_by_text("With a password").click()
        page.fill("#username", "admin")
        page.fill("#password", "wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").get_by_text("Invalid login").wait_for()
        page.fill("#username", "admin")
        page.fill("#password", environment.admin_password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Sign out Administrator").wait_for()


@pytest.mark.parametrize("name", ["judy", "judy@example.com"])
def test_a_password_opens_no_account_but_the_installations(superset: Stack, name: str) -> None:
    if not metadata(superset, "SELECT 1 FROM ab_user WHERE username = 'judy'"):
        make_account(superset, "judy", "judy@example.com", "Employee", password="chosen-by-herself")
    body = {"username": name, "password": "chosen-by-herself", "provider": "db"}
    url = f"{superset.environment.superset_url}/api/v1/security/login"
    assert httpx.post(url, json=body, trust_env=False).status_code == 401
    installation = {**body, "username": "employee", "password": superset.environment.employee_password}
    assert httpx.post(url, json=installation, trust_env=False).status_code == 200


def test_nothing_secret_is_in_the_log(superset: Stack) -> None:
    log = places_of(superset.environment).log("superset").read_text(errors="replace")
    assert "Signing in with Google was refused" in log
    assert SECRET not in log
    assert "code=" not in log
    assert 'id_token":' not in log
    assert "Traceback" not in log


def make_account(stack: Stack, username: str, email: str, role: str, password: str = "not-to-be-used") -> None:
    """As the administrator does in the browser."""
    with admin(stack) as client:
        query = "(filters:!((col:name,opr:eq,value:'" + role + "')))"
        role_id = client.get("/api/v1/security/roles/", params={"q": query}).json()["ids"][0]
        answer = client.post(
            "/api/v1/security/users/",
            json={
                "username": username,
                "email": email,
                "first_name": username.title(),
                "last_name": "By hand",
                "active": True,
                "password": password,
                "roles": [role_id],
            },
        )
        assert answer.status_code == 201, answer.text


def give_role(stack: Stack, email: str, role: str) -> None:
    with admin(stack) as client:
        ((user,),) = metadata(stack, "SELECT id FROM ab_user WHERE email = %s", email)
        ids = [number for (number,) in metadata(stack, "SELECT id FROM ab_role WHERE name IN ('Employee', %s)", role)]
        answer = client.put(f"/api/v1/security/users/{user}", json={"roles": ids})
        assert answer.status_code == 200, answer.text


def switch_off(stack: Stack, email: str) -> None:
    with admin(stack) as client:
        ((user,),) = metadata(stack, "SELECT id FROM ab_user WHERE email = %s", email)
        answer = client.put(f"/api/v1/security/users/{user}", json={"active": False})
        assert answer.status_code == 200, answer.text


@contextmanager
def admin(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.environment.superset_url, timeout=60, trust_env=False) as client:
        body = {"username": "admin", "password": stack.environment.admin_password, "provider": "db"}
        token = client.post("/api/v1/security/login", json=body).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        token = client.get("/api/v1/security/csrf_token/").json()["result"]
        client.headers.update({"X-CSRFToken": token, "Referer": str(client.base_url)})
        yield client
