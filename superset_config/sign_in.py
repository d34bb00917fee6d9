"""Who may come in with an account of the company's at Google, or at another provider of OpenID Connect.

Flask-AppBuilder's own sign-in of this kind is not used. It asks for the address alone, by a pattern that
`not-example.com` meets as well; it looks neither at `hd` nor at `email_verified`; and it makes the account before it
has looked whether this browser began the sign-in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from superset_config.environment import setting
from superset_config.errors import NotAdmittedError

NEWCOMERS_ROLE = "Employee"
# No other character: MySQL takes `ádmin@` for `admin@`.
_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+")
_GOOGLES_SUBJECT = re.compile(r"[0-9]{1,32}")
_PREFIX = "google_"
# As long as Superset's column is.
_NAME_LENGTH = 64


@dataclass(frozen=True)
class Provider:
    """Who says who somebody is, and whom of those we let in."""

    label: str
    client_id: str
    client_secret: str
    issuer: str
    domains: frozenset[str]
    # In which the provider says to which organisation an account belongs; empty where all are the company's.
    domain_claim: str

    @property
    def discovery_url(self) -> str:
        """Where the provider says how it works."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


@dataclass(frozen=True)
class Person:
    """Somebody of whom the provider has said who it is."""

    subject: str
    email: str
    first_name: str
    last_name: str

    @property
    def username(self) -> str:
        """The name of the account that was made for them; no name that somebody could choose, so not `admin`.

        The subject is theirs for ever, while an address may be given to somebody else later. Subjects that differ in
        case alone would be the same to MySQL.
        """
        plain = _GOOGLES_SUBJECT.fullmatch(self.subject)
        return _PREFIX + (self.subject if plain else hashlib.sha256(self.subject.encode()).hexdigest()[:40])


def configured_provider() -> Provider | None:
    """The provider that the settings name; none unless there is a client's id."""
    if not setting("GROUNDUP_OAUTH_CLIENT_ID"):
        return None
    return Provider(
        label=setting("GROUNDUP_OAUTH_LABEL"),
        client_id=setting("GROUNDUP_OAUTH_CLIENT_ID"),
        client_secret=setting("GROUNDUP_OAUTH_CLIENT_SECRET"),
        issuer=setting("GROUNDUP_OAUTH_ISSUER"),
        domains=frozenset(
            name.strip().lower() for name in setting("GROUNDUP_OAUTH_DOMAINS").split(",") if name.strip()
        ),
        domain_claim="" if setting("GROUNDUP_OAUTH_DOMAIN_CLAIM") == "none" else setting("GROUNDUP_OAUTH_DOMAIN_CLAIM"),
    )


def admit(claims: Mapping[str, Any], provider: Provider) -> Person:
    """Who it is, by the claims of an id token whose signature, issuer, audience, age and nonce have been checked.

    Raises NotAdmittedError.
    """
    subject = claims.get("sub")
    email = claims.get("email")
    if not isinstance(subject, str) or not subject or not isinstance(email, str):
        raise NotAdmittedError(f"{provider.label} did not say who you are. Ask the administrator.")
    email = email.lower()
    if claims.get("email_verified") is not True:
        raise NotAdmittedError(
            f"{provider.label} has not verified your address {email}. Verify it there, then try again."
        )
    company = " or ".join(f"@{name}" for name in sorted(provider.domains))
    wrong = f"{email} is not an account of the company. Sign in with your address {company}."
    if not _ADDRESS.fullmatch(email) or email.rpartition("@")[2] not in provider.domains:
        raise NotAdmittedError(wrong)
    if provider.domain_claim:
        # Anybody can open an account of their own at Google with an address of ours; Google says `hd` of ours alone.
        domain = claims.get(provider.domain_claim)
        if not isinstance(domain, str) or domain.lower() not in provider.domains:
            raise NotAdmittedError(wrong)
    return Person(subject, email, *_names(claims, email))


def is_known_as_another(username: str, person: Person) -> bool:
    """Whether the account with a person's address was made for somebody who had this address before."""
    return username.startswith(_PREFIX) and username != person.username


def _names(claims: Mapping[str, Any], email: str) -> tuple[str, str]:
    """First and last name, as Superset shows them; the beginning of the address where the provider has none."""
    given, family, whole = (str(claims.get(name) or "").strip() for name in ("given_name", "family_name", "name"))
    if not given:
        given, family = whole or email.partition("@")[0], ""
    return given[:_NAME_LENGTH], family[:_NAME_LENGTH]
