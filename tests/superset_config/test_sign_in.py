"""Who is let in, by what the provider says of them."""

from __future__ import annotations

from typing import Any

import pytest

from superset_config.errors import NotAdmittedError
from superset_config.sign_in import Person, Provider, admit, configured_provider, is_known_as_another

GOOGLE = Provider("Google", "id", "secret", "https://accounts.google.com", frozenset({"example.com"}), "hd")
OWN = Provider("Keycloak", "id", "secret", "https://keycloak.example.com", frozenset({"example.com"}), "")
ADA: dict[str, Any] = {
    "sub": "110169484474386276334",
    "email": "ada@example.com",
    "email_verified": True,
    "hd": "example.com",
    "given_name": "Ada",
    "family_name": "Lovelace",
}


def test_an_account_of_the_company_comes_in() -> None:
    person = admit(ADA, GOOGLE)
    assert person == Person(ADA["sub"], "ada@example.com", "Ada", "Lovelace")
    assert person.username == "google_110169484474386276334"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"email": "ada@gmail.com", "hd": None}, "is not an account of the company"),
        ({"hd": None}, "is not an account of the company"),
        ({"hd": ""}, "is not an account of the company"),
        ({"hd": ["example.com"]}, "is not an account of the company"),
        ({"hd": "other.com"}, "is not an account of the company"),
        ({"email": "ada@other.com"}, "is not an account of the company"),
        ({"email": "ada@notexample.com"}, "is not an account of the company"),
        ({"email": "ada@sub.example.com"}, "is not an account of the company"),
        ({"email": "ada@example.com.evil.org"}, "is not an account of the company"),
        ({"email": "evil@other.com@example.com"}, "is not an account of the company"),
        ({"email": "ádmin@example.com"}, "is not an account of the company"),
        ({"email": "ada@example.com\n"}, "is not an account of the company"),
        ({"email": " ada@example.com"}, "is not an account of the company"),
        ({"email": "@example.com"}, "is not an account of the company"),
        ({"email_verified": False}, "has not verified your address"),
        ({"email_verified": None}, "has not verified your address"),
        ({"email_verified": "false"}, "has not verified your address"),
        ({"email": None}, "did not say who you are"),
        ({"email": ["ada@example.com"]}, "did not say who you are"),
        ({"sub": None}, "did not say who you are"),
        ({"sub": ""}, "did not say who you are"),
        ({"sub": 7}, "did not say who you are"),
    ],
)
def test_everybody_else_stays_outside(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAdmittedError, match=why):
        admit({**ADA, **changed}, GOOGLE)


def test_case_does_not_matter_in_addresses_and_domains() -> None:
    assert admit({**ADA, "email": "Ada@EXAMPLE.com", "hd": "Example.com"}, GOOGLE).email == "ada@example.com"


def test_a_provider_of_the_company_alone_needs_no_hd() -> None:
    assert admit({**ADA, "hd": None}, OWN).email == "ada@example.com"
    with pytest.raises(NotAdmittedError):
        admit({**ADA, "email": "ada@other.com"}, OWN)


def test_without_a_domain_nobody_comes_in() -> None:
    nobody = Provider("Google", "id", "secret", "https://accounts.google.com", frozenset(), "")
    with pytest.raises(NotAdmittedError):
        admit(ADA, nobody)


@pytest.mark.parametrize("subject", ["admin", "Abc", "abc", "abc ", "ábc", "x" * 255, "1" * 33])
def test_usernames_are_nobody_elses_and_differ_where_mysql_would_see_no_difference(subject: str) -> None:
    name = Person(subject, "a@example.com", "A", "").username
    assert name.startswith("google_")
    assert name.isascii()
    assert name == name.lower()
    assert len(name) <= 64
    others = {"admin", "Abc", "abc", "abc ", "ábc", "x" * 255, "1" * 33} - {subject}
    assert name not in {Person(other, "a@example.com", "A", "").username for other in others}


def test_an_address_that_was_given_to_somebody_else_is_noticed() -> None:
    ada, bob = Person("1", "desk@example.com", "Ada", ""), Person("2", "desk@example.com", "Bob", "")
    assert is_known_as_another(ada.username, bob)
    assert not is_known_as_another(ada.username, ada)
    assert not is_known_as_another("made-by-hand", bob)


def test_names_fit_and_are_never_empty() -> None:
    assert admit({**ADA, "given_name": None, "name": "Ada L."}, GOOGLE).first_name == "Ada L."
    assert admit({**ADA, "given_name": "", "family_name": None}, GOOGLE).first_name == "ada"
    assert len(admit({**ADA, "given_name": "x" * 200}, GOOGLE).first_name) == 64


def test_it_is_off_unless_a_client_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDUP_OAUTH_CLIENT_ID", raising=False)
    assert configured_provider() is None
    monkeypatch.setenv("GROUNDUP_OAUTH_CLIENT_ID", "id")
    monkeypatch.setenv("GROUNDUP_OAUTH_DOMAINS", "Example.com, example.org")
    provider = configured_provider()
    assert provider is not None
    assert provider.domains == {"example.com", "example.org"}
    assert provider.domain_claim == "hd"
    assert provider.discovery_url == "https://accounts.google.com/.well-known/openid-configuration"


def test_an_empty_domain_claim_is_not_the_absence_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDUP_OAUTH_CLIENT_ID", "id")
    for given, meant in (("", "hd"), ("none", ""), ("organisation", "organisation")):
        monkeypatch.setenv("GROUNDUP_OAUTH_DOMAIN_CLAIM", given)
        provider = configured_provider()
        assert provider is not None
        assert provider.domain_claim == meant
