import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.reauthentication import ASKED, recently_authenticated
from tests.conftest import PASSWORD, sign_in_freshly

ASK = "/accounts/reauthenticate/?next="


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def answer_to(client, user, **headers):
    """What a protected download answers to the session of *client*."""
    request = RequestFactory().get("/export/?month=1", headers=headers)
    request.user, request.session = user, client.session
    return recently_authenticated(lambda request: HttpResponse("whole export"))(request)


def test_a_sign_in_of_long_ago_must_be_confirmed(alice, cast):
    answer = answer_to(alice, cast.alice)

    assert (answer.status_code, answer.headers["Location"]) == (302, ASK + "%2Fexport%2F%3Fmonth%3D1")


def test_a_fresh_sign_in_opens(client, cast):
    sign_in_freshly(client, cast.alice)

    assert answer_to(client, cast.alice).content == b"whole export"


def test_a_confirmation_runs_out(client, cast, settings):
    sign_in_freshly(client, cast.alice)
    session = client.session
    session["account_authentication_methods"][0]["at"] = time.time() - settings.REAUTHENTICATION_SECONDS - 1
    session.save()

    assert answer_to(client, cast.alice).status_code == 302


def test_another_persons_confirmation_does_not_count(client, cast):
    sign_in_freshly(client, cast.alice)

    assert answer_to(client, cast.bob).status_code == 302


def test_htmx_is_led_there_by_its_own_header(alice, cast):
    answer = answer_to(alice, cast.alice, HX_Request="true", HX_Current_URL="http://testserver/reports/")

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == ASK + "http%3A%2F%2Ftestserver%2Freports%2F"


@pytest.mark.parametrize("came_from", ["https://evil.example/company/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_portal(alice, cast, came_from):
    answer = answer_to(alice, cast.alice, HX_Request="true", HX_Current_URL=came_from)

    assert answer.headers["HX-Redirect"] == ASK + "%2Fexport%2F%3Fmonth%3D1"


def test_password_confirms_and_leads_back(alice):
    answer = alice.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/company/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/company/")


def test_wrong_password_confirms_nothing_and_is_counted(alice, cast):
    answers = [alice.post("/accounts/reauthenticate/", {"password": "wrong-password-again"}) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [200] * 7 + [429]
    assert answer_to(alice, cast.alice).status_code == 302


def test_a_form_is_not_taken_before_the_confirmation_and_says_so(alice, cast):
    bob = cast.membership(cast.bob)
    page = reverse("admin:accounts_membership_change", args=[bob.pk])

    answer = alice.post(page, {"roles": [], "log_sessions": ""}, follow=True)

    assert answer.redirect_chain == [(ASK + page.replace("/", "%2F"), 302)]
    assert [str(message) for message in answer.context["messages"]] == [ASKED]
    assert [role.name for role in bob.roles.all()] == ["Supporter"]


def test_reading_a_protected_page_asks_for_nothing(alice, cast):
    page = reverse("admin:accounts_membership_change", args=[cast.membership(cast.bob).pk])

    assert alice.get(page).status_code == 200
