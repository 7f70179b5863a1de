"""SAML 2.0 with a company's own provider. The library checks signature, times, issuer and audience; what it lets pass
when a response leaves it out (audience, recipient, the request that is answered) is demanded here, of the signed part.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Times

from accounts.domain.single_sign_on import UnableToSignOn
from accounts.models import SingleSignOn

#: Longest response that is read, in characters of base64.
MAX_RESPONSE = 256 * 1024
#: Names under which providers send the address.
_EMAIL_ATTRIBUTES = (
    "email",
    "mail",
    "emailaddress",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
)
#: Seconds by which the provider's clock may differ, where a fresh sign-in is asked for.
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the portal takes part in the exchange, as absolute addresses."""

    acs: str
    metadata: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a valid response says. It is believed once, and only as the answer to *request_id*."""

    email: str
    id: str
    request_id: str
    #: Seconds since the epoch.
    expires_at: int
    authenticated_at: int


class _Response(OneLogin_Saml2_Response):
    """A response whose signed assertion can be asked."""

    def signed(self, path: str) -> list[Any]:
        return list(self._query_assertion(path))


def sign_on_address(sign_on: SingleSignOn, addresses: Addresses, *, fresh: bool) -> tuple[str, str]:
    """Where the browser goes, and the id of the request, by which the answer is recognised."""
    auth = OneLogin_Saml2_Auth(_request(addresses, ""), _settings(sign_on, addresses))
    address: str = auth.login(return_to="", force_authn=fresh)
    return address, auth.get_last_request_id()


def read_response(sign_on: SingleSignOn, addresses: Addresses, encoded: str) -> Assertion:
    """What the provider's response says. Raises UnableToSignOn for one that is not wholly valid."""
    settings = OneLogin_Saml2_Settings(_settings(sign_on, addresses))
    try:
        response = _Response(settings, encoded)
        request_id = response.get_in_response_to()
        response.is_valid(_request(addresses, encoded), request_id, raise_exceptions=True)
        return _assertion(response, addresses, request_id)
    except (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, LxmlError, ValueError, TypeError, KeyError) as error:
        raise UnableToSignOn(
            _(
                "The provider's answer could not be verified. Start from the portal's sign-in page; if it "
                "stays, tell an administrator."
            )
        ) from error


def description(sign_on: SingleSignOn, addresses: Addresses) -> bytes:
    """Our metadata, for the provider to read."""
    settings = OneLogin_Saml2_Settings(_settings(sign_on, addresses), sp_validation_only=True)
    metadata = settings.get_sp_metadata()
    return metadata if isinstance(metadata, bytes) else metadata.encode()


def _assertion(response: _Response, addresses: Addresses, request_id: str | None) -> Assertion:
    if addresses.metadata not in response.get_audiences():
        raise ValueError("The assertion names no audience.")
    confirmed = [
        data
        for data in response.signed("/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
        if data.get("Recipient") == addresses.acs and request_id and data.get("InResponseTo") == request_id
    ]
    if not confirmed or not request_id:
        raise ValueError("The assertion answers no request.")
    return Assertion(
        email=_email(response),
        id=response.get_assertion_id(),
        request_id=request_id,
        expires_at=Times.parse_SAML_to_time(confirmed[0].attrib["NotOnOrAfter"]),
        authenticated_at=min(
            Times.parse_SAML_to_time(statement.attrib["AuthnInstant"])
            for statement in response.signed("/saml:AuthnStatement")
        ),
    )


def _email(response: _Response) -> str:
    attributes = {name.lower(): values for name, values in response.get_attributes().items()}
    for name in _EMAIL_ATTRIBUTES:
        if attributes.get(name):
            return str(attributes[name][0])
    if response.get_nameid_format() == Names.NAMEID_EMAIL_ADDRESS:
        return str(response.get_nameid())
    raise ValueError("The assertion names no e-mail address.")


def check_answer(assertion: Assertion, *, request_id: str, fresh_since: int | None, at: datetime) -> None:
    """Raise UnableToSignOn unless *assertion* answers the request that this browser made."""
    if assertion.request_id != request_id:
        raise UnableToSignOn(_("The provider's answer belongs to another sign-in. Start again from the sign-in page."))
    if assertion.expires_at <= at.astimezone(UTC).timestamp():
        raise UnableToSignOn(_("The provider's answer came too late. Start again from the sign-in page."))
    if fresh_since is not None and assertion.authenticated_at < fresh_since - _LEEWAY:
        raise UnableToSignOn(_("The provider did not ask you again who you are. Sign out there, then try again."))


def _request(addresses: Addresses, encoded: str) -> dict[str, Any]:
    acs = urlsplit(addresses.acs)
    return {
        "https": "on" if acs.scheme == "https" else "off",
        "http_host": acs.netloc,
        "script_name": acs.path,
        "get_data": {},
        "post_data": {"SAMLResponse": encoded} if encoded else {},
    }


def _settings(sign_on: SingleSignOn, addresses: Addresses) -> dict[str, Any]:
    return {
        "strict": True,
        "sp": {
            "entityId": addresses.metadata,
            "assertionConsumerService": {"url": addresses.acs, "binding": Names.BINDING_HTTP_POST},
            "NameIDFormat": Names.NAMEID_EMAIL_ADDRESS,
        },
        "idp": {
            "entityId": sign_on.idp_entity_id,
            "singleSignOnService": {"url": sign_on.idp_sign_on_url, "binding": Names.BINDING_HTTP_REDIRECT},
            "x509cert": sign_on.idp_certificate,
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": False,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
        },
    }
