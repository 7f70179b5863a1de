import html
import re

import pytest

from accounts.domain import single_sign_on
from accounts.domain.members import add_member
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.saml_provider import ENTITY_ID, SIGN_ON_URL, SamlProvider

SIGN_ON = "/accounts/single-sign-on/"


@pytest.fixture(scope="session")
def oidc_server():
    provider = OidcProvider()
    yield provider
    provider.close()


@pytest.fixture
def oidc(oidc_server, cast, at):
    """Northwind offers single sign-on by this provider."""
    oidc_server.wrong = type(oidc_server.wrong)()
    oidc_server.codes.clear()
    oidc_server.requests.clear()
    values = {"kind": "OIDC", "is_active": True, "issuer_url": oidc_server.issuer, "client_id": CLIENT_ID}
    save(cast.northwind, values, cast.alice, at, secret=CLIENT_SECRET)
    return oidc_server


@pytest.fixture
def saml(cast):
    """Northwind offers single sign-on by this provider."""
    from django.utils import timezone  # the certificate is made now

    provider = SamlProvider()
    save(cast.northwind, saml_values(provider), cast.alice, timezone.now())
    return provider


def saml_values(provider):
    return {
        "kind": "SAML",
        "is_active": True,
        "idp_entity_id": ENTITY_ID,
        "idp_sign_on_url": SIGN_ON_URL,
        "idp_certificate": provider.certificate,
    }


def save(company, values, actor, at, secret=""):
    single_sign_on.save_sign_on(sign_on=company.single_sign_on, values=values, secret=secret, actor=actor, at=at)


def begin(client, company="northwind", **data):
    """Enter the company's short name; returns where the page leads, its address at the provider."""
    return way_out(client.post(SIGN_ON, {"company": company, **data}))


def way_out(answer):
    return html.unescape(re.search(r'content="0; url=([^"]+)"', answer.content.decode())[1])


def join_contoso(cast, user, at):
    return add_member(company=cast.contoso, email=user.email, name="", role_names=["Administrator"], at=at)
