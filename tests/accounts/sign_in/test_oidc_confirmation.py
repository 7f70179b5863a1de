"""When the provider asked the person who they are is what confirms; that they came back from it is not."""

import time

import pytest
from django.urls import reverse

from tests.accounts.sign_in.conftest import way_out
from tests.accounts.sign_in.test_oidc import come_back


@pytest.mark.parametrize("moment", ["just now", None, [], float("nan")])
def test_moment_that_is_none_confirms_nothing(client, oidc, moment):
    come_back(client, oidc)
    address = way_out(client.post(reverse("accounts:sign_on_again")))
    oidc.wrong.claims = {"auth_time": moment}

    assert client.get(oidc.sign_in(address, "bob@northwind.example")).status_code == 403


def test_provider_that_does_not_say_when_it_asked_confirms_nothing(client, oidc):
    come_back(client, oidc)
    oidc.wrong.without = ("auth_time",)
    address = way_out(client.post(reverse("accounts:sign_on_again")))

    answer = client.get(oidc.sign_in(address, "bob@northwind.example"))

    assert (answer.status_code, "did not ask you again" in str(answer.context["error"])) == (403, True)


@pytest.mark.parametrize(("age", "is_confirmed"), [(0, True), (3600, False), (None, False)])
def test_signing_in_confirms_as_of_when_the_provider_asked(client, oidc, age, is_confirmed):
    """Else whoever sits down at an open browser would confirm by a sign-in at which nobody is asked anything."""
    oidc.wrong.claims = {"auth_time": int(time.time()) - age} if age is not None else {}
    oidc.wrong.without = () if age is not None else ("auth_time",)

    come_back(client, oidc)

    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.status_code == (200 if is_confirmed else 302)
