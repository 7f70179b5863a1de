"""OpenID Connect with a company's own provider: authorisation code with PKCE, over the guarded outbound client.

Nothing that the browser brings is believed: state, nonce and code verifier are the session's, the ID token's signature
is checked against the provider's keys even though it came over TLS, and its algorithm is one of ours.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import jwt
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from accounts.domain.single_sign_on import UnableToSignOn, secret_of
from accounts.models import SingleSignOn
from insights_portal.lib.http import OutboundRefused, is_allowed_host, outbound_client

_TIMEOUT = 10.0
_MAX_ANSWER = 1024 * 1024
#: Signatures by a key pair only: none, and those by a shared secret, are no proof.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
#: Seconds by which the provider's clock may differ.
_LEEWAY = 60
#: No moment of a sign-in lies beyond it (epoch seconds, the year 9999); infinity and what is no number do.
_END_OF_TIME = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a sign-in that was begun is recognised by; it stays in the session."""

    state: str
    nonce: str
    verifier: str
    #: The person must show who they are again, whatever session the provider keeps; since when (epoch seconds).
    fresh_since: int | None

    @classmethod
    def begin(cls, *, fresh_since: int | None) -> "Attempt":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, fresh_since)


def authorisation_address(sign_on: SingleSignOn, attempt: Attempt, redirect_uri: str) -> str:
    """Where the browser goes. Raises UnableToSignOn when the provider can't be asked."""
    with _client() as client:
        configuration = _discover(client, sign_on)
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": sign_on.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if attempt.fresh_since is not None:
        asked |= {"prompt": "login", "max_age": "0"}
    address = _endpoint(configuration, "authorization_endpoint")
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, and when it last asked who they are (epoch seconds; 0: it does not say)."""

    email: str
    authenticated_at: float


def vouched(sign_on: SingleSignOn, attempt: Attempt, code: str, redirect_uri: str) -> Vouched:
    """Whom the provider vouches for, by a verified address. Raises UnableToSignOn."""
    with _client() as client:
        configuration = _discover(client, sign_on)
        form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": attempt.verifier}
        tokens = _exchange(client, sign_on, configuration, form)
        claims = _claims(client, sign_on, configuration, tokens.get("id_token"), attempt)
        if "email" not in claims and "userinfo_endpoint" in configuration:
            claims |= _person(client, configuration, str(tokens.get("access_token", "")), claims["sub"])
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise UnableToSignOn(
            gettext("Your company's provider names no e-mail address of yours. Ask your administrator.")
        )
    if claims.get("email_verified") not in (True, "true"):
        raise UnableToSignOn(
            gettext("Your company's provider has not verified your e-mail address. Ask your administrator.")
        )
    return Vouched(email, _moment(claims))


def _client() -> httpx2.Client:
    return outbound_client(timeout=_TIMEOUT, max_bytes=_MAX_ANSWER)


def _discover(client: httpx2.Client, sign_on: SingleSignOn) -> dict[str, Any]:
    issuer = sign_on.issuer_url.rstrip("/")
    configuration = _answer(client.build_request("GET", f"{issuer}/.well-known/openid-configuration"), client)
    if str(configuration.get("issuer", "")).rstrip("/") != issuer:
        raise UnableToSignOn(
            gettext("The provider at the issuer's address calls itself by another name. Tell an administrator.")
        )
    return configuration


def _endpoint(configuration: dict[str, Any], name: str) -> str:
    address = str(configuration.get(name, ""))
    try:
        parts = urlsplit(str(httpx2.URL(address)))
    except (ValueError, httpx2.InvalidURL):
        parts = urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_allowed_host(parts.hostname or ""))
    if not is_safe or not parts.hostname:
        raise UnableToSignOn(gettext("The provider names an address that is not safe. Tell an administrator."))
    return address


def _exchange(
    client: httpx2.Client, sign_on: SingleSignOn, configuration: dict[str, Any], form: dict[str, str]
) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", **form}
    secret, login = secret_of(sign_on), None
    methods = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if secret and (not isinstance(methods, list) or "client_secret_basic" in methods):
        login = httpx2.BasicAuth(sign_on.client_id, secret)
    else:
        form |= {"client_id": sign_on.client_id} | ({"client_secret": secret} if secret else {})
    address = _endpoint(configuration, "token_endpoint")
    request = client.build_request("POST", address, data=form, headers={"Accept": "application/json"})
    return _answer(request, client, login)


def _claims(
    client: httpx2.Client, sign_on: SingleSignOn, configuration: dict[str, Any], id_token: Any, attempt: Attempt
) -> dict[str, Any]:
    keys = _answer(client.build_request("GET", _endpoint(configuration, "jwks_uri")), client)
    try:
        claims: dict[str, Any] = jwt.decode(
            str(id_token or ""),
            key=_key(str(id_token or ""), keys),
            algorithms=_ALGORITHMS,
            audience=sign_on.client_id,
            issuer=configuration["issuer"],
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise UnableToSignOn(
            gettext("The provider's answer could not be verified. Start again from the sign-in page.")
        ) from error
    is_ours = claims.get("azp", sign_on.client_id) == sign_on.client_id
    if not is_ours or not constant_time_compare(str(claims.get("nonce", "")), attempt.nonce):
        raise UnableToSignOn(
            gettext("The provider's answer belongs to another sign-in. Start again from the sign-in page.")
        )
    # Who sits at the browser can take the wish for a fresh sign-in out of the address: what counts is what was signed.
    if attempt.fresh_since is not None and _moment(claims) < attempt.fresh_since - _LEEWAY:
        raise UnableToSignOn(gettext("The provider did not ask you again who you are. Sign out there, then try again."))
    return claims


def _moment(claims: dict[str, Any]) -> float:
    """When the provider last asked the person who they are, in epoch seconds; 0 where it says nothing usable."""
    moment = claims.get("auth_time")
    is_number = isinstance(moment, int | float) and not isinstance(moment, bool)
    return float(moment) if is_number and 0 < moment < _END_OF_TIME else 0.0  # type: ignore[arg-type,operator]


def _key(id_token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; with one key only, that one. Raises as jwt does."""
    wanted = jwt.get_unverified_header(id_token).get("kid")
    signing = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    fitting = [key for key in signing if wanted is None or key.key_id == wanted]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError(gettext("The provider has no such key."))
    return fitting[0]


def _person(client: httpx2.Client, configuration: dict[str, Any], access_token: str, subject: str) -> dict[str, Any]:
    request = client.build_request(
        "GET", _endpoint(configuration, "userinfo_endpoint"), headers={"Authorization": f"Bearer {access_token}"}
    )
    person = _answer(request, client)
    if person.get("sub") != subject:
        raise UnableToSignOn(gettext("The provider's answers are about two people. Tell an administrator."))
    return {name: person[name] for name in ("email", "email_verified") if name in person}


def _answer(request: httpx2.Request, client: httpx2.Client, login: httpx2.Auth | None = None) -> dict[str, Any]:
    """The JSON object that the provider answers. Raises UnableToSignOn, and never says what the provider said."""
    try:
        response = client.send(request, auth=login)
        response.raise_for_status()
        body = response.json()
    except (httpx2.HTTPError, OutboundRefused, ValueError, RecursionError) as error:
        raise UnableToSignOn(
            gettext(
                "Your company's provider can't be reached, or did not accept the portal. Try again; if it "
                "stays, tell an administrator."
            )
        ) from error
    if not isinstance(body, dict):
        raise UnableToSignOn(gettext("The provider's answer can't be read. Tell an administrator."))
    return body
