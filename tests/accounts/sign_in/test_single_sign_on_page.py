"""The page on which a company sets its single sign-on up."""

import pytest
from django.urls import reverse

from accounts.domain import single_sign_on
from accounts.models import SingleSignOn
from tests.conftest import sign_in_freshly

SENT = {"kind": "OIDC", "is_active": "on", "issuer_url": "https://idp.example", "client_id": "portal"}


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


def page(cast):
    return reverse("admin:accounts_singlesignon_change", args=[cast.northwind.single_sign_on.pk])


def test_page_shows_what_the_provider_needs_and_never_the_secret(alice, cast):
    alice.post(page(cast), {**SENT, "client_secret": "s3cret-of-the-client"})

    shown = alice.get(page(cast)).content.decode()

    assert "http://testserver/accounts/single-sign-on/northwind/callback/" in shown
    assert "http://testserver/accounts/single-sign-on/northwind/acs/" in shown
    assert "http://testserver/accounts/single-sign-on/northwind/metadata/" in shown
    assert ("A secret is stored." in shown, "s3cret" in shown) == (True, False)


def test_secret_is_stored_encrypted(alice, cast):
    answer = alice.post(page(cast), {**SENT, "client_secret": "s3cret-of-the-client"})

    stored = SingleSignOn.objects.get(company=cast.northwind)
    assert (answer.status_code, "s3cret" in stored.secret_encrypted) == (302, False)
    assert single_sign_on.secret_of(stored) == "s3cret-of-the-client"


@pytest.mark.parametrize(
    "address",
    ["http://idp.example", "https://user:password@idp.example", "https://idp.example/#x", "javascript:alert(1)"],
)
def test_address_that_is_not_safe_is_refused(alice, cast, address):
    answer = alice.post(page(cast), {**SENT, "issuer_url": address})

    assert list(answer.context["adminform"].form.errors) == ["issuer_url"]
    assert SingleSignOn.objects.filter(is_active=True).exists() is False


def test_what_is_incomplete_comes_back_with_the_input(alice, cast):
    answer = alice.post(page(cast), {**SENT, "client_id": ""})

    form = answer.context["adminform"].form
    assert form.non_field_errors() == ["Before single sign-on is offered, enter: the client ID."]
    assert form["issuer_url"].value() == "https://idp.example"


def test_change_asks_for_a_recent_sign_in(client, cast):
    client.force_login(cast.alice)

    assert client.post(page(cast), SENT).headers["Location"].startswith("/accounts/reauthenticate/?next=")
    assert SingleSignOn.objects.filter(is_active=True).exists() is False
