"""The remote user's pages: for anybody who holds the link, answered by a POST and by nothing else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from policies.enums import AccessControl, ConsentAnswer, Reason
from policies.models import Device
from summaries.domain.capture import append_interactions
from summaries.domain.consent.wording import wording_of
from summaries.domain.consent.words import WORDS
from summaries.domain.keeping import holds
from summaries.models import ConsentEntry, ConsentRequest, Interaction, SupportSession
from summaries.views import consent as pages
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, waiting_session


@pytest.fixture(autouse=True)
def calm(db):
    """No other test's requests count."""
    cache.clear()


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at)


@pytest.fixture
def address(waiting, cast, at):
    return f"/consent/{ask(waiting, cast.bob, at)}/"


@pytest.fixture
def visitor(db):
    # Checks are enforced as in life: these pages must work without a cookie.
    return Client(enforce_csrf_checks=True)


def form(waiting, answer, **more):
    return {"answer": answer, "lang": "en", "wording": wording_of(session=waiting, language="en").version, **more}


def page(response):
    return response.content.decode()


def test_the_page_says_who_asks_and_offers_two_answers_and_sets_no_cookie(visitor, waiting, address):
    response = visitor.get(address)

    said = page(response)
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert (response["Cache-Control"], response["Referrer-Policy"], response["X-Robots-Tag"]) == (
        "no-store",
        "no-referrer",
        "noindex, nofollow, noarchive",
    )
    assert "Bob of Northwind IT Services is helping you on the device ACC-14" in said
    assert said.index(">Continue without<") < said.index(">Allow access<")
    assert "checked" not in said
    assert "Time left to answer: 2:00" in said


@pytest.mark.parametrize("method", ["get", "head"])
def test_fetching_the_page_never_answers(visitor, address, method):
    getattr(visitor, method)(f"{address}?answer=GIVEN&wording=x")

    assert ConsentEntry.objects.count() == 0
    assert ConsentRequest.objects.get().answer == ""


@pytest.mark.parametrize(
    ("method", "headers", "opened"),
    [
        ("get", {}, True),
        ("head", {}, False),
        ("get", {"Sec-Purpose": "prefetch;prerender"}, False),
        ("get", {"Purpose": "prefetch"}, False),
    ],
)
def test_only_a_page_that_somebody_asked_for_counts_as_opened(visitor, address, at, method, headers, opened):
    getattr(visitor, method)(address, headers=headers)

    assert ConsentRequest.objects.get().opened_at == (at if opened else None)


@pytest.mark.parametrize("method", ["put", "delete", "options", "patch"])
def test_other_methods_are_refused(visitor, address, method):
    assert getattr(visitor, method)(address).status_code == 405


@pytest.mark.parametrize(
    ("headers", "query", "language", "direction"),
    [
        ({"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}, "", "de", "ltr"),
        ({"Accept-Language": "ar"}, "", "ar", "rtl"),
        ({"Accept-Language": "de"}, "?lang=ja", "ja", "ltr"),
        ({"Accept-Language": "sv"}, "", "en", "ltr"),
        ({}, "?lang=xx", "en", "ltr"),
    ],
)
def test_the_page_speaks_the_browsers_language_or_the_chosen_one(visitor, address, headers, query, language, direction):
    response = visitor.get(address + query, headers=headers)

    assert f'<html lang="{language}" dir="{direction}">' in page(response)
    assert WORDS[language].title in page(response)
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == language


def test_refusing_leads_back_and_says_what_was_answered(visitor, waiting, address):
    response = visitor.post(address, form(waiting, REFUSED), follow=True)

    assert response.redirect_chain == [(f"{address}?lang=en", 302)]
    assert "You continue without" in page(response)
    waiting.refresh_from_db()
    assert waiting.reason == Reason.CONSENT_REFUSED


def test_allowing_leads_to_the_withdrawal_page(visitor, waiting, address):
    response = visitor.post(address, form(waiting, GIVEN), follow=True)

    target = response.redirect_chain[0][0]
    assert target.startswith("/consent/withdraw/")
    assert f"http://testserver{target.partition('?')[0]}" in page(response)
    assert "Northwind IT Services may log this support session" in page(response)
    assert dict(response.cookies) == {}


def test_the_answered_link_does_not_lead_to_the_withdrawal_page(visitor, waiting, address):
    visitor.post(address, form(waiting, GIVEN))

    response = visitor.get(address)

    assert "You have allowed access" in page(response)
    assert "/consent/withdraw/" not in page(response)


@pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "TIMEOUT"}, {"answer": "WITHDRAWN"}])
def test_a_form_without_an_answer_shows_the_page_again(visitor, waiting, address, data):
    response = visitor.post(address, form(waiting, "") | data if data else {})

    assert response.status_code == 200
    assert ConsentEntry.objects.count() == 0


def test_wording_that_changed_meanwhile_is_shown_anew(visitor, waiting, cast, address):
    data = form(waiting, GIVEN)
    cast.northwind.ai_settings.consent_purpose = "For the invoice."
    cast.northwind.ai_settings.save()

    response = visitor.post(address, data)

    assert WORDS["en"].changed in page(response)
    assert "For the invoice." in page(response)
    assert ConsentEntry.objects.count() == 0


def test_the_choice_for_the_next_time_is_optional_and_checked(visitor, waiting, address):
    visitor.post(address, form(waiting, GIVEN, next_time="SOMETIMES"))
    assert (ConsentEntry.objects.get().next_time, Device.objects.get().access_control) == (
        "",
        AccessControl.AFTER_CONFIRMATION,
    )


def test_the_choice_for_the_next_time_is_taken(visitor, waiting, address):
    visitor.post(address, form(waiting, REFUSED, next_time="DENIED"))

    assert Device.objects.get().access_control == AccessControl.DENIED


def test_an_expired_link_says_that_it_means_no(visitor, waiting, address, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(minutes=3))

    for response in (visitor.get(address), visitor.post(address, form(waiting, GIVEN), follow=True)):
        assert "The time to answer is over" in page(response)
    assert ConsentEntry.objects.filter(answer=GIVEN).count() == 0


@pytest.mark.parametrize("forged", ["forged.link", "x", "%00", "a" * 3000, "\u202e.x"])
def test_a_link_that_is_none_is_not_found_in_words(visitor, address, forged):
    for prefix in ("/consent/", "/consent/withdraw/"):
        response = visitor.get(f"{prefix}{forged}/", headers={"Accept-Language": "es"})
        assert response.status_code == 404
        assert "Este enlace no es válido" in page(response)


@pytest.fixture
def within_a_minute(monkeypatch):
    """All requests fall into one window of the limits, however slow the machine is."""
    monkeypatch.setattr("insights_portal.lib.rates.time", lambda: 1_700_000_000.0)


def test_guessing_from_one_address_is_slowed_and_holds_up_no_holder_of_a_link(visitor, address, within_a_minute):
    answers = [visitor.get(f"/consent/guess-{n}.x/").status_code for n in range(pages.INVALID_PER_ADDRESS + 1)]

    assert answers == [404] * pages.INVALID_PER_ADDRESS + [429]
    assert visitor.get(address).status_code == 200


def test_one_link_is_fetched_so_often_a_minute_and_no_more(visitor, address, within_a_minute):
    answers = [visitor.get(address).status_code for _ in range(pages.PER_LINK + 1)]

    assert answers == [200] * pages.PER_LINK + [429]


def test_session_text_in_names_is_shown_and_not_obeyed(visitor, cast, at):
    session = waiting_session(cast, at, device_name="<b>ACC</b>\u202e14")

    said = page(visitor.get(f"/consent/{ask(session, cast.bob, at)}/"))

    assert "&lt;b&gt;ACC&lt;/b&gt;‹U+202E›14" in said


@pytest.fixture
def withdrawal(waiting, cast, at):
    link = answered(waiting, cast.bob, at, language="de").withdrawal_link
    append_interactions(session=waiting, batch=[chat(1, "hello")])
    return f"/consent/withdraw/{link}/"


def test_withdrawing_takes_two_steps_and_really_deletes(visitor, withdrawal):
    first, confirming = visitor.get(withdrawal), visitor.get(f"{withdrawal}?step=confirm")
    assert Interaction.objects.count() == 1
    # The language of the answer, where the browser names none of the portal's.
    assert WORDS["de"].withdraw in page(first)
    assert WORDS["de"].confirm_text in page(confirming)

    done = visitor.post(withdrawal, {"confirm": "yes", "lang": "en"}, follow=True)

    assert "The session log and the summary have been deleted." in page(done)
    assert Interaction.objects.count() == 0
    assert ConsentEntry.objects.filter(answer=ConsentAnswer.WITHDRAWN).count() == 1


@pytest.mark.parametrize("data", [{}, {"confirm": "no"}])
def test_a_post_without_confirmation_withdraws_nothing(visitor, withdrawal, data):
    visitor.post(withdrawal, data)

    assert Interaction.objects.count() == 1


def test_withdrawing_again_says_the_same(visitor, withdrawal):
    for _ in range(2):
        done = visitor.post(withdrawal, {"confirm": "yes", "lang": "en"}, follow=True)
        assert "Your consent is withdrawn" in page(done)

    assert ConsentEntry.objects.filter(answer=ConsentAnswer.WITHDRAWN).count() == 1


def test_under_legal_hold_the_page_says_so_honestly(visitor, withdrawal, cast, at):
    holds.place(company=cast.northwind, reason="Case 4711", actor=cast.alice, at=at)

    done = visitor.post(withdrawal, {"confirm": "yes", "lang": "en"}, follow=True)

    assert "The law currently requires them to be preserved" in page(done)
    assert "4711" not in page(done)


def test_a_signed_in_member_sees_the_same_page_without_the_portal(signed_in, cast, address):
    said = page(signed_in(cast.charlie).get(address))

    assert "Allow access" in said
    assert "Session summaries" not in said
    assert SupportSession.objects.count() == 1
