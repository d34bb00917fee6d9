"""Signing in with Google: the page that offers it, the way there and the way back."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request, session
from flask_appbuilder.utils.base import get_safe_redirect
from flask_login import current_user, login_user
from superset import security_manager
from superset.extensions import db

from superset_config.accounts import ACCOUNTS
from superset_config.environment import setting
from superset_config.errors import NotAdmittedError
from superset_config.look import APP_ICON, APP_NAME, FAVICONS
from superset_config.sign_in import NEWCOMERS_ROLE, Person, Provider, admit, is_known_as_another

# Where Superset's own documentation has them; the second is what is registered at Google.
START = "/login/google"
BACK = "/oauth-authorized/google"
_NEXT = "groundup_next"
# In seconds, for each of the three questions to the provider.
_PATIENCE = 10
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

_log = logging.getLogger(__name__)


def offer(app: Flask, provider: Provider) -> None:
    """Add the pages to Superset, and let passwords open the accounts of the installation alone."""
    client = _client(app, provider)

    def start() -> Any:
        return _start(client, provider)

    def back() -> Any:
        return _back(client, provider)

    def page() -> Any:
        return _page(provider)

    app.add_url_rule(START, "groundup_sign_in", start)
    app.add_url_rule(BACK, "groundup_signed_in", back)
    app.view_functions["SupersetAuthView.login"] = page
    security_manager.auth_user_db = only_of_the_installation(security_manager.auth_user_db)


def only_of_the_installation(authenticate: Callable[..., Any]) -> Callable[..., Any]:
    """Who leaves the company must not come in by a password; who set up the stack must not be locked out."""
    usernames = {account.username for account in ACCOUNTS}

    @functools.wraps(authenticate)
    def authenticated(username: str, password: str) -> Any:
        user = authenticate(username, password)
        return user if user is not None and user.username in usernames else None

    return authenticated


def _client(app: Flask, provider: Provider) -> Any:
    from authlib.integrations.flask_client import OAuth  # noqa: PLC0415 - only where it is used

    return OAuth(app).register(
        "google",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.discovery_url,
        client_kwargs={
            # With openid, authlib sends a nonce and wants it back in the id token.
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE,
        },
    )


def _start(client: Any, provider: Provider) -> Any:
    """Off to the provider, with a state, a nonce and a challenge that this browser's session remembers."""
    session[_NEXT] = request.args.get("next", "")
    # Google shows the company's accounts alone; that somebody has one is checked on the way back.
    hint = {"hd": min(provider.domains)} if provider.domain_claim == "hd" and len(provider.domains) == 1 else {}
    try:
        return client.authorize_redirect(f"{_address()}{BACK}", **hint)
    except Exception as error:  # whatever the network or the provider makes of it
        _log.warning("Signing in with %s failed at its start: %s: %s", provider.label, type(error).__name__, error)
        return _page(provider, _unreachable(provider), 503)


def _back(client: Any, provider: Provider) -> Any:
    """Back from the provider: everything is checked before anything is written."""
    try:
        person = admit(_claims(client, provider), provider)
        user = _account(person)
    except NotAdmittedError as refusal:
        _log.warning("Signing in with %s was refused: %s", provider.label, refusal)
        return _page(provider, str(refusal), refusal.status)
    next_address = session.pop(_NEXT, "")
    login_user(user, remember=False)
    security_manager.update_user_auth_stat(user, success=True)
    return redirect(_within(next_address))


def _claims(client: Any, provider: Provider) -> dict[str, Any]:
    """What the provider says, once it is sure that it says so, to us, now, in answer to this browser's question.

    Raises NotAdmittedError.
    """
    from authlib.integrations.base_client import MismatchingStateError, OAuthError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    expected = {
        "iss": {"essential": True, "values": [provider.issuer]},
        "aud": {"essential": True, "values": [provider.client_id]},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        metadata = client.load_server_metadata()
        # What a provider allows itself besides would be "none", or a signature with the secret that we know as well.
        metadata["id_token_signing_alg_values_supported"] = [
            name for name in metadata.get("id_token_signing_alg_values_supported", ["RS256"]) if name in _ALGORITHMS
        ]
        token = client.authorize_access_token(claims_options=expected)
    except MismatchingStateError as error:
        raise NotAdmittedError(
            "This sign-in was not begun in this browser, or has been used. Begin again.", 400
        ) from error
    except OAuthError as error:
        _log.warning("%s answered the sign-in with %s.", provider.label, error.error)
        said = "You did not allow it" if error.error == "access_denied" else "It was not completed"
        raise NotAdmittedError(f"{said} at {provider.label}. Begin again.") from error
    except RequestException as error:
        raise NotAdmittedError(_unreachable(provider), 503) from error
    except (JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
        _log.warning("%s sent no id token that holds (%s).", provider.label, type(error).__name__)
        raise NotAdmittedError(
            f"What {provider.label} said could not be verified, so nobody was signed in. Begin again.", 400
        ) from error
    claims = token.get("userinfo")
    if not claims:
        raise NotAdmittedError(f"{provider.label} did not say who you are. Ask the administrator.")
    return dict(claims)


def _account(person: Person) -> Any:
    """The account of a person, with the roles that it has; a new one where there is none. Raises NotAdmittedError."""
    user = _find(person)
    if user is None:
        role = security_manager.find_role(NEWCOMERS_ROLE)
        user = security_manager.add_user(person.username, person.first_name, person.last_name, person.email, role)
        # Of two tabs that come in at once, one has made it.
        user = user or _find(person)
    if not user:
        raise NotAdmittedError(f"No account could be made for {person.email}. Ask the administrator.", 500)
    if is_known_as_another(user.username, person):
        raise NotAdmittedError(
            f"{person.email} was somebody else's, whose account is still here. Ask the administrator to delete it."
        )
    if not user.is_active:
        raise NotAdmittedError(f"The account of {person.email} is switched off. Ask the administrator.")
    return user


def _find(person: Person) -> Any:
    """By the subject, else by the address: that is how an account made by hand meets its person."""
    found = security_manager.find_user(username=person.username)
    if found is not None:
        return found
    model = security_manager.user_model
    alike = db.session.query(model).filter(model.email == person.email)
    return next((user for user in alike if user.email.lower() == person.email), None)


def _page(provider: Provider, problem: str = "", status: int = 200) -> Response | Any:
    """The page at which people sign in, with what went wrong."""
    next_address = request.args.get("next", "")
    if not problem and current_user.is_authenticated:
        return redirect(_within(next_address))
    page = make_response(
        render_template(
            "groundup/sign_in.html",
            company=APP_NAME,
            logo=APP_ICON,
            favicon=FAVICONS[0],
            provider=provider.label,
            start=START,
            next_address=next_address,
            problem=problem,
        ),
        status,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _within(address: str) -> str:
    """The address, if it leads to a page of ours; else the first page. Some browsers take a backslash for a slash."""
    return str(get_safe_redirect("" if "\\" in address else address))


def _address() -> str:
    return (setting("GROUNDUP_SUPERSET_PUBLIC_URL") or request.host_url).rstrip("/")


def _unreachable(provider: Provider) -> str:
    return f"{provider.label} does not answer. Try again in a minute; the administrator can sign in with a password."
