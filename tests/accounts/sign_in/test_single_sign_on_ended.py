"""What a company's provider opened closes with the company's single sign-on, and with the membership."""

import pytest
from django.urls import reverse

from accounts.domain.members import remove_member
from tests.accounts.sign_in.conftest import join_contoso, save
from tests.accounts.sign_in.test_oidc import come_back

HOME, LOGIN = reverse("summaries:home"), reverse("account_login")


@pytest.fixture
def bob(client, oidc):
    come_back(client, oidc)
    assert client.get(HOME).status_code == 200
    return client


def is_signed_out(client):
    answer = client.get(HOME)
    return answer.status_code == 302 and answer.headers["Location"].startswith(LOGIN)


def test_switching_single_sign_on_off_ends_what_it_opened(bob, cast, at):
    save(cast.northwind, {"is_active": False}, cast.alice, at)

    assert bob.get("/api/v1/sessions/").status_code == 401
    assert is_signed_out(bob)
    assert "no longer lets you in" in bob.get(LOGIN).content.decode()


def test_a_password_keeps_its_sign_in_when_single_sign_on_goes(client, cast, oidc, at):
    client.force_login(cast.bob)

    save(cast.northwind, {"is_active": False}, cast.alice, at)

    assert client.get(HOME).status_code == 200


def test_the_end_of_the_membership_ends_it_too(bob, cast, at):
    membership = cast.membership(cast.bob)
    join_contoso(cast, cast.bob, at)
    remove_member(membership=membership, at=at)

    assert is_signed_out(bob)


def test_single_sign_on_of_another_company_keeps_nothing_open(bob, cast, oidc, at):
    values = {"kind": "OIDC", "is_active": True, "issuer_url": oidc.issuer, "client_id": "x"}
    save(cast.contoso, values, cast.charlie, at)
    join_contoso(cast, cast.bob, at)
    save(cast.northwind, {"is_active": False}, cast.alice, at)

    assert is_signed_out(bob)
