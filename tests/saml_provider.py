"""A company's SAML provider: signs responses with a key made at run time; can be told to misbehave."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ENTITY_ID = "https://idp.northwind.example/metadata"
SIGN_ON_URL = "https://idp.northwind.example/sso"

_ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{assertion_id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{email}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{recipient}"{in_response_to}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{authenticated}" SessionIndex="1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>"""  # noqa: E501 - spaces would be signed
_RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{response_id}" Version="2.0" IssueInstant="{now}" Destination="{recipient}"{in_response_to}><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>"""  # noqa: E501 - as above


@cache
def key_and_certificate(name: str = "idp", days: int = 30, bits: int = 2048) -> tuple[str, str]:
    """PEM of a new key and of its self-signed certificate, which ends in so many days."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return pem, certificate.public_bytes(serialization.Encoding.PEM).decode()


class SamlProvider:
    def __init__(self) -> None:
        self.key, self.certificate = key_and_certificate()

    def read_request(self, address: str) -> dict[str, str]:
        """The parts of our request that a provider looks at."""
        encoded = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
        root = etree.fromstring(OneLogin_Saml2_Utils.decode_base64_and_inflate(encoded))
        return dict(root.attrib)

    def respond(self, address: str, email: str, *, sign: str = "assertion", key: str = "", **wrong: Any) -> str:
        """A base64 response to the request in *address*; *wrong* replaces facts, None leaves in_response_to out."""
        request = self.read_request(address)
        acs = request["AssertionConsumerServiceURL"]
        now = datetime.now(UTC)
        facts: dict[str, Any] = {
            "email": email,
            "issuer": ENTITY_ID,
            "audience": acs.replace("/acs/", "/metadata/"),
            "recipient": acs,
            "in_response_to": request["ID"],
            "assertion_id": f"_{uuid4().hex}",
            "response_id": f"_{uuid4().hex}",
            "now": moment(now),
            "since": moment(now - timedelta(minutes=2)),
            "until": moment(now + timedelta(minutes=3)),
            "authenticated": moment(now),
            **wrong,
        }
        answered = facts["in_response_to"]
        facts["in_response_to"] = f' InResponseTo="{answered}"' if answered else ""
        assertion = _ASSERTION.format(**facts)
        if sign == "assertion":
            assertion = self._signed(assertion, key)
        response = _RESPONSE.format(**facts, assertion=assertion)
        if sign == "response":
            response = self._signed(response, key)
        return base64.b64encode(response.encode()).decode()

    def _signed(self, xml: str, key: str) -> str:
        signed = OneLogin_Saml2_Utils.add_sign(xml, key or self.key, self.certificate)
        return signed.decode() if isinstance(signed, bytes) else str(signed)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
